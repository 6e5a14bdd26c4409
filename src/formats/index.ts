// Public API of the formats.
export type { Column, Projection, Relation, Relations, RenderedRows, Section, Sections, TypeFamily } from './relation';
export type { Cell, CellType, Table, TableColumn } from './table';
export type { Content, ContentKind, Drawing, JsonDocument } from './content';
export type { ExportWarning } from './warning';
export { EXPORT_FORMATS, type ExportFormat } from './export-format';
export { toFileName } from './file-name';
export {
  type ExportOptions,
  FormatWriter,
  type Progress,
  type ProgressUnit,
  type RenderedFile,
  type ReportProgress,
} from './writer';
