import { Module, type OnModuleInit } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CustomerModule } from '../customer';
import { Config } from '../platform/config/config';
import { threadEnvironment } from '../platform/config/native-environment';
import { ReadAhead } from '../platform/database/read-ahead';
import { Metrics } from '../platform/observability/metrics';
import { OrphanFileCollector } from '../platform/work/orphan-file-collector';
import { ContentController } from './api/content.controller';
import { CreationResponder } from './api/creation-responder';
import { EstimateResponder } from './api/estimate-responder';
import { CustomerEstimatesController, EstimatesController } from './api/estimates.controller';
import { ExportBodies } from './api/export-bodies';
import { CustomerDownloadController, DownloadController } from './api/download.controller';
import { CustomerManifestController, ManifestController, ManifestSchemaController } from './api/manifest.controller';
import { CustomerPreviewController, PreviewController } from './api/preview.controller';
import { FileResponder } from './api/file-responder';
import { CustomerPartsController, PartDownloadController, PartsController } from './api/parts.controller';
import { ExportPresenter } from './api/export.presenter';
import { CustomerExportsController, ExportsController } from './api/exports.controller';
import { ExportProductionModule } from './export-production.module';
import { PrismaEstimateHistory } from './infrastructure/estimate-history.prisma';
import { PrismaAttemptRepository } from './infrastructure/attempt.repository.prisma';
import { BullExportQueue, RunExportHandler } from './infrastructure/export-jobs';
import { PrismaExportRepository } from './infrastructure/export.repository.prisma';
import { PrismaDownloadLeaseRepository } from './infrastructure/download-lease.repository.prisma';
import { ImageProcessPictureInspector } from './infrastructure/image-process-picture-inspector';
import { PrismaManifestRepository } from './infrastructure/manifest.repository.prisma';
import { PrismaExportFileRepository } from './infrastructure/export-file.repository.prisma';
import { PrismaPartRepository } from './infrastructure/part.repository.prisma';
import { PrismaRetentionRepository } from './infrastructure/retention.repository.prisma';
import { PrismaMaintenanceRepository } from './infrastructure/maintenance.repository.prisma';
import { ThreadedDividedProduction } from './infrastructure/production-threads/threaded-divided-production';
import { ThreadedProduction } from './infrastructure/production-threads/threaded-production';
import { AttemptRepository } from './model/domain/interfaces/attempt.repository';
import { EstimateHistory } from './model/domain/interfaces/estimate-history';
import { ExportQueue } from './model/domain/interfaces/export-queue';
import { ExportRepository } from './model/domain/interfaces/export.repository';
import { DownloadLeaseRepository } from './model/domain/interfaces/download-lease.repository';
import { PictureInspector } from './model/domain/interfaces/picture-inspector';
import { ManifestRepository } from './model/domain/interfaces/manifest.repository';
import { Production } from './model/domain/interfaces/production';
import { DividedProduction } from './model/domain/interfaces/divided-production';
import { ExportFileRepository } from './model/domain/interfaces/export-file.repository';
import { PartRepository } from './model/domain/interfaces/part.repository';
import { RetentionRepository } from './model/domain/interfaces/retention.repository';
import { MaintenanceRepository } from './model/domain/interfaces/maintenance.repository';
import { ExportEstimates } from './model/services/export-estimates';
import { ExportMetrics } from './model/services/export-metrics';
import { BacklogMetrics, ProductionMetrics } from './model/services/production-metrics';
import { ExportParts } from './model/services/export-parts';
import { ProductionForDelivery } from './model/services/out.production-for-delivery.service';
import { PrismaPictureRepository } from './infrastructure/picture.repository.prisma';
import { ImageProcessPictureShrinker } from './infrastructure/image-process-picture-shrinker';
import { PictureRepository } from './model/domain/interfaces/picture.repository';
import { PreviewLog } from './model/domain/interfaces/preview-log';
import { PrismaPreviewLog } from './infrastructure/preview-log.prisma';
import { PictureShrinker } from './model/domain/interfaces/picture-shrinker';
import { Estimator } from './model/domain/interfaces/estimator';
import { ZippedFiles } from './model/domain/interfaces/zipped-files';
import { ExportManifests } from './model/services/export-manifests';
import { ExportFiles } from './model/services/export-files';
import { ExportZip } from './model/services/export-zip';
import { ExportPreviews } from './model/services/export-previews';
import { ExportProduction } from './model/services/export-production';
import { ExportRunner } from './model/services/export-runner';
import { DividedExports } from './model/services/divided-exports';
import { ExportSlots } from './model/services/export-slots';
import { PartProduction } from './model/services/part-production';
import { PartRunner } from './model/services/part-runner';
import { ExportSweep } from './model/services/export-sweep';
import { ExportChangeFeed } from './model/services/export-change-feed';
import { ExportService } from './model/services/export.service';
import { OwnerChangeFeed } from './model/services/owner-change-feed';
import { ExportStreaming } from './model/services/export-streaming';
import { DownloadService } from './model/services/download.service';
import { ExportsForDelivery } from './model/services/out.for-delivery.service';
import { ExportsForEvents } from './model/services/out.for-events.service';
import { ExportsForScheduledExport } from './model/services/out.for-scheduled-export.service';
import { EXPORT_FILES, UPLOADED_PICTURES } from './model/domain/export';
import { FileExpiry } from './model/services/file-expiry';
import { UploadedPictureService } from './model/services/uploaded-picture.service';

@Module({
  imports: [CustomerModule, DiscoveryModule, ExportProductionModule],
  controllers: [
    ExportsController,
    EstimatesController,
    CustomerEstimatesController,
    DownloadController,
    ContentController,
    CustomerExportsController,
    CustomerDownloadController,
    PreviewController,
    CustomerPreviewController,
    ManifestController,
    CustomerManifestController,
    ManifestSchemaController,
    PartsController,
    PartDownloadController,
    CustomerPartsController,
  ],
  providers: [
    { provide: ExportRepository, useClass: PrismaExportRepository },
    { provide: AttemptRepository, useClass: PrismaAttemptRepository },
    { provide: PartRepository, useClass: PrismaPartRepository },
    { provide: ExportFileRepository, useClass: PrismaExportFileRepository },
    {
      provide: DividedProduction,
      inject: [Production, PartProduction],
      useFactory: (production: Production, here: PartProduction): DividedProduction =>
        production instanceof ThreadedProduction ? new ThreadedDividedProduction(production) : here,
    },
    { provide: ExportSlots, inject: [Config], useFactory: ({ exports }: Config) => new ExportSlots(exports) },
    { provide: MaintenanceRepository, useClass: PrismaMaintenanceRepository },
    { provide: RetentionRepository, useClass: PrismaRetentionRepository },
    { provide: ManifestRepository, useClass: PrismaManifestRepository },
    { provide: DownloadLeaseRepository, useClass: PrismaDownloadLeaseRepository },
    { provide: PictureRepository, useClass: PrismaPictureRepository },
    { provide: PreviewLog, useClass: PrismaPreviewLog },
    { provide: PictureShrinker, useClass: ImageProcessPictureShrinker },
    { provide: ZippedFiles, useClass: ExportZip },
    ExportEstimates,
    { provide: Estimator, useExisting: ExportEstimates },
    { provide: EstimateHistory, useClass: PrismaEstimateHistory },
    { provide: ExportQueue, useClass: BullExportQueue },
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
    ExportService,
    ExportBodies,
    EstimateResponder,
    ExportRunner,
    PartRunner,
    DividedExports,
    ExportManifests,
    ExportSweep,
    FileExpiry,
    ExportChangeFeed,
    OwnerChangeFeed,
    ExportMetrics,
    ProductionMetrics,
    BacklogMetrics,
    ExportFiles,
    ExportParts,
    ExportPreviews,
    DownloadService,
    FileResponder,
    UploadedPictureService,
    RunExportHandler,
    ExportPresenter,
    CreationResponder,
    ExportStreaming,
    ExportsForEvents,
    ExportsForScheduledExport,
    ExportsForDelivery,
    ProductionForDelivery,
  ],
  exports: [
    ExportService,
    ExportEstimates,
    EstimateResponder,
    ExportStreaming,
    ExportsForEvents,
    ExportsForScheduledExport,
    ExportsForDelivery,
    ProductionForDelivery,
    ExportPresenter,
    CreationResponder,
  ],
})
export class ExportModule implements OnModuleInit {
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
