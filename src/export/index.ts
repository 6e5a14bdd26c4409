/** The public API of the module: all that other modules may import. */
export { ExportModule } from './export.module';
export {
  ApiExportCreation,
  DryRun,
  EXPORT_CREATION_HEADERS,
  FormatOptions,
  RetentionDays,
  WAIT_HEADERS,
} from './api/api-export-creation.decorator';
export { CreationResponder } from './api/creation-responder';
export { EstimateResponder } from './api/estimate-responder';
export { ExportBody, ExportBodyProvider } from './api/export-body';
export { ExportPresenter } from './api/export.presenter';
export { ExportListResponse, ExportResponse, ResponseOfKind, TextOptionsResponse } from './api/export.response';
export { EXPORT_ENDED, readExports } from './infrastructure/export-row';
export type { Export } from './model/domain/export';
export { EXPORT_KINDS, type ExportKind } from './model/domain/export-kind';
export { ALL_FAILURE_CODES, type FailureCode } from './model/domain/failure-codes';
export { EXPORT_STATUSES, isFinished } from './model/domain/export-status';
export { SAMPLE_ROWS } from './model/domain/detailed-estimate';
export type { SourceEstimate } from './model/domain/export-estimate';
export type { EstimateInput, ExportInput } from './model/domain/export-request';
export { MAX_PARTS, MIN_PART_BYTES, MIN_PART_ROWS, MIN_PARTS, PARTITION_UNITS } from './model/domain/division';
export { toRetentionDays, retentionError, toRetentionSeconds } from './model/domain/retention';
export type { ExportCreation } from './model/domain/interfaces/export.repository';
export { ExportEstimates } from './model/services/export-estimates';
export { ExportService } from './model/services/export.service';
export { ExportsForEvents } from './model/services/out.for-events.service';
export { ExportStreaming, type StreamedExport, type StreamedFile } from './model/services/export-streaming';
export { ProductionForDelivery } from './model/services/out.production-for-delivery.service';
export { ExportsForDelivery } from './model/services/out.for-delivery.service';
export { ExportsForScheduledExport, type ScheduledRunRequest } from './model/services/out.for-scheduled-export.service';
