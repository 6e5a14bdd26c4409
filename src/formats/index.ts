// Public API of the formats.
export type {
  Cell,
  Column,
  Content,
  ContentKind,
  ContentOf,
  Drawing,
  ExportWarning,
  JsonDocument,
  Projection,
  Relation,
  Relations,
  RenderedRows,
  Sections,
  Table,
  TableColumn,
  TypeFamily,
} from './content';
export { toFileName } from './file-name';
export type { FileForecast, TableForecast } from './forecast';
export type { ExportOptions } from './options';
export type { RowsPreview } from './preview';
export {
  acceptedContents,
  EXPORT_FORMATS,
  type ExportFormat,
  findOptionErrors,
  findSeveralTablesErrors,
  formatsOf,
  optionsOf,
  previewRows,
  streamableFormatsOf,
  WRITERS,
} from './registry';
export { locateStoredEntry } from './zip/zip-reader';
export { WARNING_CODES, type WarningCode } from './warning-codes';
export { FormatWriter, type Progress, type ProgressUnit, type RenderedFile, type ReportProgress } from './writer';
