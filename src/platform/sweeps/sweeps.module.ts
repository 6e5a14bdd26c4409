import { Global, Module } from '@nestjs/common';
import { StorageSweep } from './storage-sweep';
import { SweepMetrics } from './sweep-metrics';
import { SweepTurns } from './sweep-turns';

@Global()
@Module({ providers: [StorageSweep, SweepMetrics, SweepTurns], exports: [StorageSweep, SweepMetrics, SweepTurns] })
export class SweepsModule {}
