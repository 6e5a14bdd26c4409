import { Global, Module } from '@nestjs/common';
import { FileRemovals } from './file-removals';
import { OrphanFileCollector } from './orphan-file-collector';
import { SweepMetrics } from './sweep-metrics';
import { ClusterSchedule } from './cluster-schedule';

@Global()
@Module({
  providers: [FileRemovals, OrphanFileCollector, SweepMetrics, ClusterSchedule],
  exports: [OrphanFileCollector, SweepMetrics, ClusterSchedule],
})
export class WorkModule {}
