/** The public API of the module: all that other modules may import. */
export { ExportModule } from './export.module';
export { ApiExportCreation, EXPORT_CREATION_HEADERS, WAIT_HEADERS } from './api/api-export-creation.decorator';
export { CreationResponder } from './api/creation-responder';
export { ExportPresenter } from './api/export.presenter';
export { RetentionDays } from './api/retention-days.decorator';
export { ExportListResponse, ExportResponse } from './api/export.response';
export type { Export } from './model/domain/export';
export { EXPORT_STATUSES } from './model/domain/export-status';
export { ExportSource, type OpenedSource } from './model/domain/export-source';
export { toRetentionDays, retentionError, toRetentionSeconds } from './model/domain/retention';
export { accountOf } from './model/domain/record-owner';
export { ExportSources } from './model/services/export-sources';
export { ExportsForCatalog } from './model/services/out.for-catalog.service';
export { ExportsForEvents } from './model/services/out.for-events.service';
export type { StreamedExport, StreamedFile } from './model/services/export-streaming';
export { ExportsForDelivery } from './model/services/out.for-delivery.service';
export { ExportsForScheduledExport, type ScheduledRunRequest } from './model/services/out.for-scheduled-export.service';
export { ExportsForSolo } from './model/services/out.for-solo.service';
