/** The door of the module: what other modules may import, and nothing more. */
export { CatalogModule } from './catalog.module';
export { DataExportOptions, RowsBody } from './api/data-export.dto';
export { CatalogForScheduledExport } from './model/services/out.for-scheduled-export.service';
export type { FileOptions } from './model/domain/export-options';
