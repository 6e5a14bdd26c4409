/** The public API of the module. Other modules import nothing else. */
export { CatalogModule } from './catalog.module';
export { FileOptionsBody, RowSelectionBody } from './api/data-export.dto';
export { ROW_FILTERS, TABLE_COLUMNS } from './api/rows.schema';
export { toFileOptions } from './model/domain/data-query';
export { RelativeFilters, type RelativePeriod } from './model/domain/relative-periods';
export { ReferenceTime } from './model/domain/relative-time';
export type { PlatformUser } from './model/domain/interfaces/source-database';
export { ReadAuthorization, ReadAuthorizations } from './model/services/read-authorizations';
export {
  CatalogForScheduledExport,
  type AuthorizedRows,
  type ScheduledRows,
} from './model/services/out.for-scheduled-export.service';
