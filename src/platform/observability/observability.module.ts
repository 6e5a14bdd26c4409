import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { collectDefaultMetrics } from 'prom-client';
import { HealthController } from './health.controller';
import { HttpMetricsMiddleware } from './http-metrics.middleware';
import { ManagementServer } from './management-server';
import { Metrics } from './metrics';
import { MetricsModule } from './metrics.module';
import { ThreadPoolWatch } from './thread-pool-watch';

@Module({
  imports: [MetricsModule],
  controllers: [HealthController],
  providers: [ThreadPoolWatch, ManagementServer],
})
export class ObservabilityModule implements NestModule {
  constructor({ registry }: Metrics) {
    collectDefaultMetrics({ register: registry });
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(HttpMetricsMiddleware).forRoutes('*splat');
  }
}
