/** The public API of the module: all that other modules may import. */
export { ExportModule } from './export.module';
export {
  ApiExportCreation,
  DryRun,
  EXPORT_CREATION_HEADERS,
  FormatOptions,
  RATE_LIMIT_HEADERS,
  RetentionDays,
  WAIT_HEADERS,
} from './api/api-export-creation.decorator';
export { CreationResponder } from './api/creation-responder';
export { ApiDownload } from './api/download.controller';
export { ExportPresenter } from './api/export.presenter';
export {
  EstimateFiguresResponse,
  ExportListResponse,
  ExportResponse,
  ResponseOfKind,
  TextOptionsResponse,
} from './api/export.response';
export { FileResponder } from './api/file-responder';
export {
  ACCOUNT,
  auditOf,
  changeExports,
  endExports,
  EXPORT_ENDED,
  mayBecome,
  messagesOf,
  readExports,
  toEstimate,
} from './infrastructure/export-row';
export {
  checkFileCount,
  expectFiles,
  MAX_PARTS,
  MIN_PART_BYTES,
  MIN_PART_ROWS,
  MIN_PARTS,
  PARTITION_UNITS,
} from './model/domain/division';
export { credentialTypeOf } from './model/domain/downloads';
export {
  type Export,
  EXPORT_FILES,
  type ExportFailure,
  ownerOf,
  type ReadSummary,
  type StoredObject,
} from './model/domain/export';
export {
  checkEstimatedRows,
  type ExportEstimate,
  type SampleTable,
  type SourceEstimate,
  toEstimateFigures,
} from './model/domain/export-estimate';
export { EXPORT_KINDS, type ExportKind } from './model/domain/export-kind';
export type { EstimateInput, ExportInput } from './model/domain/export-request';
export { EXPORT_STATUSES, type ExportStatus, isFinished } from './model/domain/export-status';
export { ALL_FAILURE_CODES, type FailureCode } from './model/domain/failure-codes';
export { DownloadLeaseRepository } from './model/domain/interfaces/download-lease.repository';
export { Estimator } from './model/domain/interfaces/estimator';
export { ExportQueue } from './model/domain/interfaces/export-queue';
export type { ExportCreation } from './model/domain/interfaces/export.repository';
export { type OpenStored, ZippedFiles } from './model/domain/interfaces/zipped-files';
export { isLargeProgress, largeSlotsOf } from './model/domain/large-export';
export {
  checkRetention,
  daysToSeconds,
  retentionError,
  toRetentionDays,
  toRetentionSeconds,
} from './model/domain/retention';
export { type DownloadableFile, ExportFiles, unfinishedError } from './model/services/export-files';
export { ExportMetrics } from './model/services/export-metrics';
export { ExportService } from './model/services/export.service';
export { ExportsForDelivery } from './model/services/out.for-delivery.service';
export { ExportsForEvents } from './model/services/out.for-events.service';
export { ExportsForScheduledExport, type ScheduledRunRequest } from './model/services/out.for-scheduled-export.service';
