/** The door of the module: what other modules may import, and nothing more. */
export { ExportModule } from './export.module';
export { ApiExportCreation, EXPORT_CREATION_HEADERS } from './api/api-export-creation.decorator';
export { ExportPresenter } from './api/export.presenter';
export { ExportListResponse, ExportResponse } from './api/export.response';
export type { Drawing } from './model/domain/content';
export type { Column, Projection, Relation, RenderedRows, Sections, TypeFamily } from './model/domain/relation';
export type { Export, ExportOptions } from './model/domain/export';
export type { ExportFormat } from './model/domain/export-format';
export { ExportSource, type OpenedSource } from './model/domain/export-source';
export { accountOf } from './model/domain/record-owner';
export { ExportSources } from './model/services/export-sources';
export { ExportsForCatalog } from './model/services/out.for-catalog.service';
export { ExportsForEvents } from './model/services/out.for-events.service';
export type { Cell, Table, TableColumn } from './model/domain/table';
export type { StreamedExport, StreamedFile } from './model/services/export-streaming';
export { ExportsForDelivery } from './model/services/out.for-delivery.service';
export { ExportsForScheduledExport, type ScheduledRunRequest } from './model/services/out.for-scheduled-export.service';
export { ExportsForSolo } from './model/services/out.for-solo.service';
