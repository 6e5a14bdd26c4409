import { Readable } from 'node:stream';
import { type Stringifier, stringify } from 'csv-stringify';
import { Sql, sql } from '../../platform/database/sql';
import type {
  Cell,
  CellType,
  Column,
  ContentOf,
  ExportWarning,
  Projection,
  Relation,
  Relations,
  Section,
  Sections,
  Table,
} from '../content';
import { PLAIN_ROWS, type RowWeight, type TableForecast, TEXT_COMPRESSION } from '../forecast';
import { neutralize, neutralizeName, neutralizeSql, RAW } from '../formula-guard';
import { type ExportOptions, type FormatOptions, type OptionValues, readOptions } from '../options';
import { rechunk } from '../rechunk';
import { RelationProgress, TableProgress } from '../row-progress';
import { columnRef, toFreeName } from '../row-sql';
import { HEADER, toHeaderLines } from '../table-text';
import { COMPRESSION, toTextFile } from '../text-file';
import { CsvPreviewReader } from './csv-preview';
import { FormatWriter, type RenderedFile, type ReportProgress, type SealArchive } from '../writer';
import { toTableArchive } from '../zip/table-archive';

const CSV_OPTIONS = {
  raw: RAW,
  bom: { type: 'boolean', default: false, description: 'Begin with a byte order mark, for Excel' },
  delimiter: {
    type: 'choice',
    values: [',', ';', '|', '\t'],
    default: ',',
    description: 'The character between two fields',
  },
  compression: {
    ...COMPRESSION,
    refusedForSeveralTables: 'must be left out: several tables come in a zip, which is compressed already',
  },
  header: HEADER,
} as const satisfies FormatOptions;

type CsvOptions = OptionValues<typeof CSV_OPTIONS>;
type CsvRecord = readonly (string | null)[];

const CHUNK_BYTES = 64 * 1024;
const SECTION_COLUMN = 'table';

/** RFC 4180 in UTF-8. A null is an empty field, an empty text a quoted one. */
export class CsvWriter extends FormatWriter<'relations' | 'sections' | 'table'> {
  override readonly format = 'csv' as const;
  override readonly contentType = 'text/csv; charset=utf-8';
  override readonly accepts = ['relations', 'sections', 'table'] as const;
  override readonly isStreamable = true;
  override readonly isDivisible = true;
  override readonly options = CSV_OPTIONS;

  override write(
    content: ContentOf<'relations' | 'sections' | 'table'>,
    given: ExportOptions,
    report: ReportProgress,
    seal?: SealArchive,
  ): RenderedFile {
    const options = readOptions(CSV_OPTIONS, given);
    switch (content.kind) {
      case 'relations':
        return this.writeRelations(content, options, report, seal);
      case 'sections':
        return this.writeSections(content, options, report);
      case 'table':
        return this.writeTable(content, options, report);
    }
  }

  override readPreview(given: ExportOptions, maxRows: number): CsvPreviewReader {
    const { delimiter, header } = readOptions(CSV_OPTIONS, given);
    return new CsvPreviewReader(maxRows, delimiter, header === 'both' ? 2 : 1);
  }

  protected override weigh(tables: readonly TableForecast[]): RowWeight {
    return tables.length > 1 ? { ...PLAIN_ROWS, compression: TEXT_COMPRESSION } : PLAIN_ROWS;
  }

  protected override foresee(tables: readonly TableForecast[]): ExportWarning[] {
    return tables.flatMap(({ name, columns }) => emptyLineWarnings(name, columns));
  }

  /** One table is one CSV; several are a zip of CSVs with a manifest. */
  private writeRelations(
    content: Relations,
    options: CsvOptions,
    report: ReportProgress,
    seal?: SealArchive,
  ): RenderedFile {
    const { relations } = content;
    const progress = new RelationProgress(relations, report);
    const warnings = [
      ...content.warnings,
      ...relations.flatMap(({ name, columns }) => emptyLineWarnings(name, columns)),
    ];
    const [only] = relations;
    if (only && relations.length === 1) {
      const { compression } = options;
      return toTextFile(this, { body: toLines(only, options, progress), compression, progress, warnings });
    }
    const { format: extension, contentType } = this;
    const render = (relation: Relation) => toLines(relation, options, progress);
    const summary = () => ({ pageCount: null, recordCount: progress.recordCount, warnings });
    return toTableArchive(content, { extension, contentType, render }, progress, summary, seal);
  }

  /**
   * All sections in one CSV. The first column names the section of a row. The others are the columns of all sections, in
   * the order in which they first appear; a column that a section does not have is null in its rows.
   */
  private writeSections({ sections }: Sections, options: CsvOptions, report: ReportProgress): RenderedFile {
    const relations = sections.map(({ relation }) => relation);
    const progress = new RelationProgress(relations, report);
    const body = sectionLines(sections, options, progress);
    return toTextFile(this, { body, compression: options.compression, progress, warnings: [] });
  }

  private writeTable(table: Table, options: CsvOptions, report: ReportProgress): RenderedFile {
    const progress = new TableProgress(table, report);
    const body = stringified(toRecords(table, options, progress), options);
    const warnings = [...table.warnings, ...emptyLineWarnings(table.title, table.columns)];
    return toTextFile(this, { body, compression: options.compression, progress, warnings });
  }
}

async function* toLines(
  relation: Relation,
  options: CsvOptions,
  progress: RelationProgress,
): AsyncGenerator<Uint8Array> {
  const { columns } = relation;
  const names = columns.map(({ name }) => name);
  yield headerLine(names, options);
  const select = Sql.join(columns.map((column) => toField(column, options)));
  yield* progress.render(relation, { select, as: { kind: 'csv', delimiter: options.delimiter } });
}

/** PostgreSQL's CSV distinguishes nulls from empty texts and quotes where necessary. */
function toField({ name, family }: Column, { raw }: CsvOptions): Sql {
  // COPY writes booleans as `t` and `f`, which few programs understand.
  if (family === 'boolean') return sql`${columnRef(name)}::text`;
  return family === 'text' && !raw ? neutralizeSql(columnRef(name)) : columnRef(name);
}

function headerLine(names: readonly string[], { raw, bom, delimiter }: CsvOptions): Buffer {
  const fields = names.map((name) => quoted(raw ? name : neutralizeName(name), delimiter));
  return Buffer.from(`${bom ? '\ufeff' : ''}${fields.join(delimiter)}\n`);
}

function quoted(field: string, delimiter: string): string {
  return /["\r\n]/.test(field) || field.includes(delimiter) ? `"${field.replaceAll('"', '""')}"` : field;
}

async function* sectionLines(
  sections: readonly Section[],
  options: CsvOptions,
  progress: RelationProgress,
): AsyncGenerator<Uint8Array> {
  const names = [...new Set(sections.flatMap(({ relation }) => relation.columns.map(({ name }) => name)))];
  const renamed = toFreeName(
    SECTION_COLUMN,
    names.map((name) => ({ name })),
  );
  const titles = names.map((name) => (name === SECTION_COLUMN ? renamed : name));
  yield headerLine([SECTION_COLUMN, ...titles], options);
  for (const section of sections) {
    yield* progress.render(section.relation, toSectionProjection(section, names, options));
  }
}

function toSectionProjection({ name, relation }: Section, names: readonly string[], options: CsvOptions): Projection {
  const columns = new Map(relation.columns.map((column) => [column.name, column]));
  const title = sql`${Sql.literal(options.raw ? name : neutralizeName(name))}::text`;
  const fields = names.map((wanted) => {
    const column = columns.get(wanted);
    return column ? toField(column, options) : sql`NULL`;
  });
  return { select: Sql.join([title, ...fields]), as: { kind: 'csv', delimiter: options.delimiter } };
}

async function* stringified(
  records: AsyncIterable<CsvRecord>,
  { bom, delimiter }: CsvOptions,
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(records);
  const lines: Stringifier = stringify({
    bom,
    delimiter,
    record_delimiter: '\n',
    // Otherwise a carriage return, which many readers take for the end of a line, would not be quoted.
    quote_record_delimiter: true,
    // Unlike `quoted_empty`, it does not quote nulls.
    quoted_match: /^$/,
  });
  // A pipe does not forward errors; without a listener the process would exit.
  source.once('error', (error) => lines.destroy(error));
  try {
    yield* rechunk(source.pipe(lines) as AsyncIterable<Uint8Array>, CHUNK_BYTES);
  } finally {
    source.destroy();
  }
}

async function* toRecords(table: Table, options: CsvOptions, progress: TableProgress): AsyncGenerator<CsvRecord> {
  const types = table.columns.map(({ type }) => type);
  const guard = options.raw ? (text: string) => text : neutralize;
  for (const line of toHeaderLines(table.columns, options.header, 'UTC')) yield line.map(guard);
  for await (const rows of progress.batches()) {
    for (const row of rows) yield row.map((cell, index) => toCellText(cell, types[index], guard));
  }
}

function toCellText(cell: Cell, type: CellType | undefined, guard: (text: string) => string): string | null {
  if (typeof cell === 'string') return type === 'text' ? guard(cell) : cell;
  if (cell === null) return null;
  return cell instanceof Date ? cell.toISOString() : String(cell);
}

/** RFC 4180 has no other way to write a record whose only field is a null. */
function emptyLineWarnings(table: string, columns: readonly unknown[]): ExportWarning[] {
  if (columns.length !== 1) return [];
  const text = `In ${table}, which has only one column, a null is an empty line; some readers skip empty lines.`;
  return [{ code: 'null-as-empty-line', text }];
}
