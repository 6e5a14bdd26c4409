import { Module } from '@nestjs/common';
import { CustomerModule } from '../customer';
import { CreationResponder } from './api/creation-responder';
import { CustomerDownloadController, DownloadController } from './api/download.controller';
import { ExportPresenter } from './api/export.presenter';
import { CustomerExportsController, ExportsController } from './api/exports.controller';
import { FileResponder } from './api/file-responder';
import { ExportProductionModule } from './export-production.module';
import { PrismaDownloadLeaseRepository } from './infrastructure/download-lease.repository.prisma';
import { PrismaExportRepository } from './infrastructure/export.repository.prisma';
import { PrismaRetentionRepository } from './infrastructure/retention.repository.prisma';
import { DownloadLeaseRepository } from './model/domain/interfaces/download-lease.repository';
import { ExportRepository } from './model/domain/interfaces/export.repository';
import { RetentionRepository } from './model/domain/interfaces/retention.repository';
import { DownloadService } from './model/services/download.service';
import { ExportChangeFeed } from './model/services/export-change-feed';
import { ExportFiles } from './model/services/export-files';
import { ExportMetrics } from './model/services/export-metrics';
import { ExportService } from './model/services/export.service';
import { FileExpiry } from './model/services/file-expiry';
import { ExportsForDelivery } from './model/services/out.for-delivery.service';
import { ExportsForEvents } from './model/services/out.for-events.service';
import { ExportsForScheduledExport } from './model/services/out.for-scheduled-export.service';
import { OwnerChangeFeed } from './model/services/owner-change-feed';

/** The records of exports, and their downloads. `production` and `preview` provide the ports `ExportQueue`, `ZippedFiles` and `Estimator`. */
@Module({
  imports: [CustomerModule, ExportProductionModule],
  controllers: [ExportsController, DownloadController, CustomerExportsController, CustomerDownloadController],
  providers: [
    { provide: ExportRepository, useClass: PrismaExportRepository },
    { provide: DownloadLeaseRepository, useClass: PrismaDownloadLeaseRepository },
    { provide: RetentionRepository, useClass: PrismaRetentionRepository },
    ExportService,
    FileExpiry,
    ExportChangeFeed,
    OwnerChangeFeed,
    ExportMetrics,
    ExportFiles,
    DownloadService,
    FileResponder,
    ExportPresenter,
    CreationResponder,
    ExportsForEvents,
    ExportsForScheduledExport,
    ExportsForDelivery,
  ],
  exports: [
    ExportProductionModule,
    DownloadLeaseRepository,
    ExportService,
    ExportMetrics,
    ExportFiles,
    FileResponder,
    ExportPresenter,
    CreationResponder,
    ExportsForEvents,
    ExportsForScheduledExport,
    ExportsForDelivery,
  ],
})
export class ExportModule {}
