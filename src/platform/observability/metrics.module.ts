import { Global, Module } from '@nestjs/common';
import { Health } from './health';
import { Metrics } from './metrics';

@Global()
@Module({ providers: [Health, Metrics], exports: [Health, Metrics] })
export class MetricsModule {}
