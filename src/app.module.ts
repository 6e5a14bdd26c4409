import { Module } from '@nestjs/common';
import { CatalogModule } from './catalog';
import { CustomerModule } from './customer';
import { EventsModule } from './events';
import { ExportModule } from './export';
import { AuthModule } from './platform/auth/auth.module';
import { ConfigModule } from './platform/config/config.module';
import { HttpModule } from './platform/http/http.module';
import { ObservabilityModule } from './platform/observability/observability.module';
import { PostgresModule } from './platform/postgres/postgres.module';
import { PrismaModule } from './platform/prisma/prisma.module';
import { QueueModule } from './platform/queue/queue.module';
import { StorageModule } from './platform/storage/storage.module';
import { SweepsModule } from './platform/sweeps/sweeps.module';
import { SoloModule } from './solo';

@Module({
  imports: [
    ConfigModule,
    ObservabilityModule,
    HttpModule,
    AuthModule,
    PrismaModule,
    PostgresModule,
    QueueModule,
    StorageModule,
    SweepsModule,
    // Before the exports, whose /exports/:id would take its paths for ids.
    CatalogModule,
    ExportModule,
    CustomerModule,
    SoloModule,
    EventsModule,
  ],
})
export class AppModule {}
