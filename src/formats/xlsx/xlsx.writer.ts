import { DomainError } from '../../platform/errors/domain-error';
import type { ContentOf, ExportWarning, Relations, Table } from '../content';
import type { RowWeight, TableForecast } from '../forecast';
import { RAW } from '../formula-guard';
import { isRightToLeft } from '../language';
import { type ExportOptions, type FormatOptions, type OptionValues, readOptions } from '../options';
import { RelationProgress, TableProgress } from '../row-progress';
import { HEADER, toHeaderLines } from '../table-text';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import { zip, type ZipEntry } from '../zip/zip';
import { LongTexts } from './long-texts';
import { RelationSheets, Truncations } from './relation-sheets';
import { MAX_CELL_UNITS, MAX_SHEET_COLUMNS, MAX_SHEET_ROWS } from './sheet-xml';
import { STYLESHEET, TABLE_STYLESHEET } from './styles';
import { type SheetPlan, TableSheets } from './table-sheets';
import { packageParts, SheetNames, toSheetPath, workbookParts, XLSX_CONTENT_TYPE } from './workbook';

const XLSX_OPTIONS = { raw: RAW, header: HEADER } as const satisfies FormatOptions;
type XlsxOptions = OptionValues<typeof XLSX_OPTIONS>;

/** An element per cell, with its position and style. A workbook is a zip. */
const XLSX_ROWS: RowWeight = {
  bytesPerTable: 14_000,
  bytesPerCell: 36,
  namesPerRow: 0,
  secondsPerRow: 1.5e-5,
  compression: 0.1,
};

/** A workbook with a sheet per table; a table with more rows than a sheet may have continues on further sheets. */
export class XlsxWriter extends FormatWriter<'relations' | 'table'> {
  override readonly format = 'xlsx' as const;
  override readonly contentType = XLSX_CONTENT_TYPE;
  override readonly accepts = ['relations', 'table'] as const;
  override readonly options = XLSX_OPTIONS;

  /** @param sheetRows that a sheet may have, header included */
  constructor(private readonly sheetRows: number = MAX_SHEET_ROWS) {
    super();
  }

  /** @throws DomainError if a computed table has more columns than a sheet may have */
  override write(
    content: ContentOf<'relations' | 'table'>,
    given: ExportOptions,
    report: ReportProgress,
  ): RenderedFile {
    const options = readOptions(XLSX_OPTIONS, given);
    const file =
      content.kind === 'relations'
        ? this.writeRelations(content, options, report)
        : this.writeTable(content, options, report);
    return { extension: this.format, contentType: this.contentType, ...file };
  }

  protected override weigh(): RowWeight {
    return XLSX_ROWS;
  }

  protected override foresee(tables: readonly TableForecast[]): ExportWarning[] {
    return tables.flatMap((table) => foreseeSheets(table, this.sheetRows - 1));
  }

  private writeRelations(content: Relations, { raw }: XlsxOptions, report: ReportProgress): Workbook {
    const progress = new RelationProgress(content.relations, report);
    const truncations = new Truncations(content);
    const options = { isRaw: raw, rowsPerSheet: this.sheetRows - 1 };
    const tables = content.relations.map((relation) => new RelationSheets(relation, progress, truncations, options));
    return {
      body: zipRelations(tables, content.takenAt),
      summary: () => ({
        pageCount: null,
        recordCount: progress.recordCount,
        warnings: [...content.warnings, ...truncations.warnings],
      }),
    };
  }

  /** Texts that do not fit into a cell are complete on additional sheets. */
  private writeTable(table: Table, options: XlsxOptions, report: ReportProgress): Workbook {
    if (table.columns.length > MAX_SHEET_COLUMNS) throw tooManyColumns(table.columns.length);
    const progress = new TableProgress(table, report);
    const names = new SheetNames();
    const plan = this.planSheets(table, options, names);
    const longTexts = new LongTexts(names, {
      rowsPerSheet: this.sheetRows - 1,
      isRaw: options.raw,
      isRightToLeft: isRightToLeft(table.language),
    });
    const sheets = new TableSheets(table, options, plan, longTexts, progress);
    return {
      body: zipTable(table, plan, sheets, longTexts),
      summary: () => ({
        pageCount: null,
        recordCount: progress.recordCount,
        warnings: [...table.warnings, ...toLongTextWarnings(table, longTexts)],
      }),
    };
  }

  private planSheets(
    { title, columns, rowCount, timeZone }: Table,
    { header }: XlsxOptions,
    names: SheetNames,
  ): SheetPlan {
    const rowsPerSheet = this.sheetRows - toHeaderLines(columns, header, timeZone).length;
    const count = Math.max(1, Math.ceil(rowCount / rowsPerSheet));
    return { rowsPerSheet, names: Array.from({ length: count }, (_, index) => names.next(title, index + 1)) };
  }
}

type Workbook = Pick<RenderedFile, 'body' | 'summary'>;

async function* zipRelations(tables: readonly RelationSheets[], created: string): AsyncGenerator<Uint8Array> {
  const names = new SheetNames();
  const sheets = tables.flatMap((table) =>
    Array.from({ length: table.count }, (_, index) => ({
      name: names.next(table.name, index + 1),
      open: (isFirst: boolean) => table.sheet(index + 1, isFirst),
    })),
  );
  const titles = sheets.map(({ name }) => name);
  const parts = [...packageParts(sheets.length), ...workbookParts(titles, created, STYLESHEET)];
  const bodies = sheets.map(({ open }, index) => toSheetEntry(index + 1, () => open(index === 0)));
  try {
    yield* zip([...parts, ...bodies]);
  } finally {
    for (const table of tables) await table.close();
  }
}

async function* zipTable(
  { takenAt }: Table,
  plan: SheetPlan,
  sheets: TableSheets,
  longTexts: LongTexts,
): AsyncGenerator<Uint8Array> {
  try {
    yield* zip(toEntries(plan, sheets, longTexts, takenAt));
  } finally {
    try {
      await sheets.close();
    } finally {
      await longTexts.close();
    }
  }
}

/** The number of sheets is known once all rows have been read: the parts that list the sheets come last. */
function* toEntries(plan: SheetPlan, sheets: TableSheets, longTexts: LongTexts, created: string): Generator<ZipEntry> {
  let number = 0;
  yield* packageParts(null);
  for (const index of plan.names.keys()) yield toSheetEntry((number += 1), () => sheets.sheet(index + 1));
  for (const body of longTexts.bodies()) yield toSheetEntry((number += 1), () => body);
  yield* workbookParts([...plan.names, ...longTexts.sheets], created, TABLE_STYLESHEET);
}

function toSheetEntry(number: number, open: ZipEntry['open']): ZipEntry {
  return { name: toSheetPath(number), compressionLevel: 1, open };
}

function toLongTextWarnings({ title }: Table, { countByColumn, sheets }: LongTexts): ExportWarning[] {
  return [...countByColumn].map(([column, count]) => {
    const texts = count === 1 ? 'one text has' : `${count} texts have`;
    const where = `${count === 1 ? 'it is' : 'they are'} complete on the sheet ${sheets[0] ?? ''}`;
    const text = `In ${title}, column ${column}, ${texts} more than the 32,767 characters that a cell may hold: ${where}.`;
    return { code: 'long-text-moved', text };
  });
}

/** @throws DomainError if a sheet cannot have so many columns */
function foreseeSheets({ name, columns, rows, longestText }: TableForecast, rowsPerSheet: number): ExportWarning[] {
  if (columns.length > MAX_SHEET_COLUMNS) throw tooManyColumns(columns.length);
  const warnings: ExportWarning[] = [];
  const sheets = Math.ceil((rows ?? 0) / rowsPerSheet);
  if (sheets > 1) {
    const limit = rowsPerSheet.toLocaleString('en');
    const text = `${name} takes about ${sheets} sheets: a sheet holds ${limit} rows below its header.`;
    warnings.push({ code: 'several-sheets', text });
  }
  if (longestText > MAX_CELL_UNITS) {
    const text = `In ${name}, at least one text has more than the 32,767 characters that a cell may hold. Use CSV or JSON for the whole text.`;
    warnings.push({ code: 'cell-truncated', text });
  }
  return warnings;
}

function tooManyColumns(columns: number): DomainError {
  const message = `A sheet has at most ${MAX_SHEET_COLUMNS} columns, and this table has ${columns}. Use csv or json.`;
  return DomainError.invalid('too-many-columns', message);
}
