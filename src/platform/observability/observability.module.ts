import { Global, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { Health } from './health';
import { HealthController } from './health.controller';
import { HttpMetricsMiddleware } from './http-metrics.middleware';
import { ManagementServer } from './management-server';
import { Metrics } from './metrics';
import { ThreadPoolWatch } from './thread-pool-watch';

@Global()
@Module({
  controllers: [HealthController],
  providers: [Health, Metrics, ThreadPoolWatch, ManagementServer],
  exports: [Health, Metrics],
})
export class ObservabilityModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(HttpMetricsMiddleware).forRoutes('*splat');
  }
}
