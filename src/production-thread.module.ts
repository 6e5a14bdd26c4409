import { Module } from '@nestjs/common';
import { CatalogProductionModule } from './catalog/catalog-production.module';
import { EventsProductionModule } from './events/events-production.module';
import { ConfigModule } from './platform/config/config.module';
import { DatabaseModule } from './platform/database/database.module';
import { ImagesModule } from './platform/images/images.module';
import { MetricsModule } from './platform/observability/metrics.module';
import { SigningKeysModule } from './platform/signing/signing-keys.module';
import { StorageModule } from './platform/storage/storage.module';
import { FileProductionModule } from './production/file-production.module';
import { SoloProductionModule } from './solo/solo-production.module';

/** What a production thread needs: the sources, and no HTTP, queue or periodic work. */
@Module({
  imports: [
    ConfigModule,
    MetricsModule,
    DatabaseModule,
    SigningKeysModule,
    StorageModule,
    ImagesModule,
    FileProductionModule,
    CatalogProductionModule,
    SoloProductionModule,
    EventsProductionModule,
  ],
})
export class ProductionThreadModule {}
