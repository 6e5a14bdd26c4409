import { Global, Module } from '@nestjs/common';
import { FileRemovals } from './file-removals';
import { OrphanFileCollector } from './orphan-file-collector';
import { RunningWork } from './running-work';
import { SweepMetrics } from './sweep-metrics';
import { ClusterSchedule } from './cluster-schedule';

@Global()
@Module({
  providers: [FileRemovals, OrphanFileCollector, RunningWork, SweepMetrics, ClusterSchedule],
  exports: [OrphanFileCollector, RunningWork, SweepMetrics, ClusterSchedule],
})
export class WorkModule {}
