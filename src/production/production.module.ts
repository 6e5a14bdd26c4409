import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { CustomerModule } from '../customer';
import { EXPORT_FILES, ExportModule, ExportQueue, ZippedFiles } from '../export';
import { Config } from '../platform/config/config';
import { threadEnvironment } from '../platform/config/native-environment';
import { ReadAhead } from '../platform/database/read-ahead';
import { Metrics } from '../platform/observability/metrics';
import { OrphanFileCollector } from '../platform/work/orphan-file-collector';
import { ContentController } from './api/content.controller';
import { CustomerManifestController, ManifestController, ManifestSchemaController } from './api/manifest.controller';
import { CustomerPartsController, PartDownloadController, PartsController } from './api/parts.controller';
import { FileProductionModule } from './file-production.module';
import { PrismaAttemptRepository } from './infrastructure/attempt.repository.prisma';
import { PrismaExportFileRepository } from './infrastructure/export-file.repository.prisma';
import { BullExportQueue, RunExportHandler } from './infrastructure/export-jobs';
import { ImageProcessPictureInspector } from './infrastructure/image-process-picture-inspector';
import { PrismaMaintenanceRepository } from './infrastructure/maintenance.repository.prisma';
import { PrismaManifestRepository } from './infrastructure/manifest.repository.prisma';
import { PrismaPartRepository } from './infrastructure/part.repository.prisma';
import { PrismaPictureRepository } from './infrastructure/picture.repository.prisma';
import { ThreadedDividedProduction } from './infrastructure/production-threads/threaded-divided-production';
import { ThreadedProduction } from './infrastructure/production-threads/threaded-production';
import { AttemptRepository } from './model/domain/interfaces/attempt.repository';
import { DividedProduction } from './model/domain/interfaces/divided-production';
import { ExportFileRepository } from './model/domain/interfaces/export-file.repository';
import { MaintenanceRepository } from './model/domain/interfaces/maintenance.repository';
import { ManifestRepository } from './model/domain/interfaces/manifest.repository';
import { PartRepository } from './model/domain/interfaces/part.repository';
import { PictureInspector } from './model/domain/interfaces/picture-inspector';
import { PictureRepository } from './model/domain/interfaces/picture.repository';
import { Production } from './model/domain/interfaces/production';
import { DividedExports } from './model/services/divided-exports';
import { ExportManifests } from './model/services/export-manifests';
import { ExportParts } from './model/services/export-parts';
import { ExportProduction } from './model/services/export-production';
import { ExportRunner } from './model/services/export-runner';
import { ExportSlots } from './model/services/export-slots';
import { ExportStreaming } from './model/services/export-streaming';
import { ExportSweep } from './model/services/export-sweep';
import { ExportZip } from './model/services/export-zip';
import { ProductionForDelivery } from './model/services/out.for-delivery.service';
import { PartProduction } from './model/services/part-production';
import { PartRunner } from './model/services/part-runner';
import { BacklogMetrics, ProductionMetrics } from './model/services/production-metrics';
import { UPLOADED_PICTURES, UploadedPictureService } from './model/services/uploaded-picture.service';

/** Makes the files of exports. Global, because it provides ports of `export`, which does not know it. */
@Global()
@Module({
  imports: [CustomerModule, ExportModule, FileProductionModule],
  controllers: [
    ContentController,
    ManifestController,
    CustomerManifestController,
    ManifestSchemaController,
    PartsController,
    PartDownloadController,
    CustomerPartsController,
  ],
  providers: [
    { provide: ExportQueue, useClass: BullExportQueue },
    { provide: ZippedFiles, useClass: ExportZip },
    { provide: AttemptRepository, useClass: PrismaAttemptRepository },
    { provide: PartRepository, useClass: PrismaPartRepository },
    { provide: ExportFileRepository, useClass: PrismaExportFileRepository },
    { provide: MaintenanceRepository, useClass: PrismaMaintenanceRepository },
    { provide: ManifestRepository, useClass: PrismaManifestRepository },
    { provide: PictureRepository, useClass: PrismaPictureRepository },
    { provide: PictureInspector, useClass: ImageProcessPictureInspector },
    {
      provide: Production,
      inject: [Config, Metrics, ExportProduction, ReadAhead],
      useFactory: (config: Config, metrics: Metrics, here: ExportProduction, readAhead: ReadAhead): Production => {
        const { threads } = config.exports;
        if (threads === 0) return here;
        const environment = threadEnvironment(config.threadVariables);
        return new ThreadedProduction({ threads, environment, data: { readAhead: readAhead.share(threads) } }, metrics);
      },
    },
    {
      provide: DividedProduction,
      inject: [Production, PartProduction],
      useFactory: (production: Production, here: PartProduction): DividedProduction =>
        production instanceof ThreadedProduction ? new ThreadedDividedProduction(production) : here,
    },
    { provide: ExportSlots, inject: [Config], useFactory: ({ exports }: Config) => new ExportSlots(exports) },
    ExportRunner,
    PartRunner,
    DividedExports,
    ExportSweep,
    RunExportHandler,
    ProductionMetrics,
    BacklogMetrics,
    ExportStreaming,
    ExportManifests,
    ExportParts,
    UploadedPictureService,
    ProductionForDelivery,
  ],
  exports: [ExportQueue, ZippedFiles, ExportParts, ExportStreaming, ProductionForDelivery],
})
export class ProductionModule implements OnModuleInit {
  constructor(
    private readonly storage: OrphanFileCollector,
    private readonly maintenance: MaintenanceRepository,
  ) {}

  onModuleInit(): void {
    for (const prefix of [EXPORT_FILES, UPLOADED_PICTURES]) {
      this.storage.register({ prefix, findReferenced: (keys, since) => this.maintenance.findReferenced(keys, since) });
    }
  }
}
