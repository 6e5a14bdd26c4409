import { Module, type OnModuleDestroy } from '@nestjs/common';
import { CatalogModule } from './catalog';
import { ConsoleModule } from './console';
import { CustomerModule } from './customer';
import { EventsModule } from './events';
import { ExportModule } from './export';
import { DeliveryModule } from './delivery';
import { AuditModule } from './platform/audit/audit.module';
import { AuthModule } from './platform/auth/auth.module';
import { ConfigModule } from './platform/config/config.module';
import { DatabaseModule } from './platform/database/database.module';
import { HttpModule } from './platform/http/http.module';
import { ImagesModule } from './platform/images/images.module';
import { Health } from './platform/observability/health';
import { ObservabilityModule } from './platform/observability/observability.module';
import { QueueModule } from './platform/queue/queue.module';
import { SigningModule } from './platform/signing/signing.module';
import { StorageModule } from './platform/storage/storage.module';
import { PreviewModule } from './preview';
import { ProductionModule } from './production';
import { ReportingModule } from './reporting';
import { ScheduledExportModule } from './scheduled-export';
import { WorkModule } from './platform/work/work.module';
import { SoloModule } from './solo';

@Module({
  imports: [
    ConfigModule,
    ObservabilityModule,
    HttpModule,
    AuthModule,
    SigningModule,
    DatabaseModule,
    QueueModule,
    StorageModule,
    ImagesModule,
    WorkModule,
    AuditModule,
    ExportModule,
    ProductionModule,
    PreviewModule,
    CatalogModule,
    DeliveryModule,
    ScheduledExportModule,
    ReportingModule,
    CustomerModule,
    SoloModule,
    EventsModule,
    ConsoleModule,
  ],
})
export class AppModule implements OnModuleDestroy {
  constructor(private readonly health: Health) {}

  // This hook runs before those of all other modules: readiness fails before anything shuts down.
  onModuleDestroy(): void {
    this.health.leave();
  }
}
