import { Global, Module } from '@nestjs/common';
import { FileRemovals } from './file-removals';
import { StorageSweep } from './storage-sweep';
import { SweepMetrics } from './sweep-metrics';
import { SweepTurns } from './sweep-turns';

@Global()
@Module({
  providers: [FileRemovals, StorageSweep, SweepMetrics, SweepTurns],
  exports: [StorageSweep, SweepMetrics, SweepTurns],
})
export class SweepsModule {}
