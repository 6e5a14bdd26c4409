// Public API of the formats.
export {
  type Cell,
  type Collection,
  type CollectionItem,
  type Column,
  type ColumnType,
  type Content,
  type ContentKind,
  type ContentOf,
  type Drawing,
  type ExportWarning,
  type JsonDocument,
  type Projection,
  type Relation,
  type Relations,
  type RenderedRows,
  type Sections,
  type Table,
  type TableColumn,
  TYPE_FAMILIES,
  type TypeFamily,
} from './content';
export { CutRelation, type FileLimits } from './cut-relation';
export { toFileName } from './file-name';
export type { FileForecast, TableForecast } from './forecast';
export type { ExportOptions } from './options';
export type { RowsPreview } from './preview';
export {
  acceptedContents,
  divisibleFormats,
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
export {
  placeAfter,
  type PlacedEntry,
  readStoredZip,
  type StoredEntry,
  type StoredZip,
  StoredZipLayout,
} from './zip/stored-zip';
export { locateStoredEntry } from './zip/zip-reader';
export { WARNING_CODES, type WarningCode } from './warning-codes';
export {
  type ArchiveContents,
  FormatWriter,
  type Progress,
  type ProgressUnit,
  type RenderedFile,
  type ReportProgress,
  type SealedArchive,
} from './writer';
