/** The door of the module: what other modules may import, and nothing more. */
export { CatalogModule } from './catalog.module';
export { DataExportOptions, RowsBody } from './api/data-export.dto';
export {
  CatalogForScheduledExport,
  type GrantedRows,
  type ScheduledRows,
} from './model/services/out.for-scheduled-export.service';
