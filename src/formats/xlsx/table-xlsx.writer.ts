import type { ExportWarning } from '../warning';
import { DomainError } from '../../platform/errors/domain-error';
import type { ExportOptions } from '../writer';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import type { Table } from '../table';
import { isRightToLeft } from '../pdf-table/direction';
import { headerLines } from '../table-header';
import { type TableOptions, tableOptions } from '../table-options';
import { TableTally } from '../table-progress';
import { SHEET_COLUMNS, SHEET_ROWS } from './limits';
import { LongTexts } from './long-texts';
import { SheetNames } from './sheet-names';
import { TABLE_STYLESHEET } from './styles';
import { type SheetPlan, TableSheets } from './table-sheets';
import { packageParts, sheetPath, workbookParts, XLSX_CONTENT_TYPE } from './workbook';
import { zip, type ZipEntry } from '../zip/zip';

/**
 * A workbook with one sheet, and further ones for a table of more rows than a sheet may have. Texts that are longer than a
 * cell may hold stand whole on a sheet of their own.
 */
export class TableXlsxWriter extends FormatWriter<'table'> {
  override readonly format = 'xlsx';
  override readonly writes = 'table';

  /** @param sheetRows that a sheet may have, its header among them */
  constructor(private readonly sheetRows: number = SHEET_ROWS) {
    super();
  }

  /** @throws DomainError for more columns than a sheet may have */
  override write(table: Table, given: ExportOptions, report: ReportProgress): RenderedFile {
    if (table.columns.length > SHEET_COLUMNS) throw tooWide(table.columns.length);
    const options = tableOptions(given);
    const tally = new TableTally(table, report);
    const names = new SheetNames();
    const plan = this.planOf(table, options, names);
    const longTexts = new LongTexts(names, {
      rowsPerSheet: this.sheetRows - 1,
      isRaw: options.raw,
      isRightToLeft: isRightToLeft(table.language),
    });
    const sheets = new TableSheets(table, options, plan, longTexts, tally);
    return {
      extension: 'xlsx',
      contentType: XLSX_CONTENT_TYPE,
      body: workbook(table, plan, sheets, longTexts),
      summary: () => ({
        pageCount: null,
        recordCount: tally.recordCount,
        warnings: [...table.warnings, ...longTextWarnings(table, longTexts)],
      }),
    };
  }

  private planOf(
    { title, columns, rowCount, timeZone }: Table,
    { header }: TableOptions,
    names: SheetNames,
  ): SheetPlan {
    const rowsPerSheet = this.sheetRows - headerLines(columns, header, timeZone).length;
    const count = Math.max(1, Math.ceil(rowCount / rowsPerSheet));
    return { rowsPerSheet, names: Array.from({ length: count }, (_, index) => names.nameFor(title, index + 1)) };
  }
}

async function* workbook(
  { takenAt }: Table,
  plan: SheetPlan,
  sheets: TableSheets,
  longTexts: LongTexts,
): AsyncGenerator<Uint8Array> {
  try {
    yield* zip(entries(plan, sheets, longTexts, takenAt));
  } finally {
    try {
      await sheets.close();
    } finally {
      await longTexts.close();
    }
  }
}

/** How many sheets there are is known when the rows have been read: what lists them comes last. */
function* entries(plan: SheetPlan, sheets: TableSheets, longTexts: LongTexts, created: string): Generator<ZipEntry> {
  let number = 0;
  const sheetEntry = (open: ZipEntry['open']): ZipEntry => {
    number += 1;
    return { name: sheetPath(number), compressionLevel: 1, open };
  };
  yield* packageParts(null);
  for (const index of plan.names.keys()) yield sheetEntry(() => sheets.sheet(index + 1));
  for (const body of longTexts.bodies()) yield sheetEntry(() => body);
  yield* workbookParts([...plan.names, ...longTexts.sheets], created, TABLE_STYLESHEET);
}

function longTextWarnings({ title }: Table, { countByColumn, sheets }: LongTexts): ExportWarning[] {
  return [...countByColumn].map(([column, count]) => {
    const texts = count === 1 ? 'one text has' : `${count} texts have`;
    const where = `${count === 1 ? 'it stands' : 'they stand'} whole on the sheet ${sheets[0] ?? ''}`;
    const text = `In ${title}, column ${column}, ${texts} more than the 32,767 characters that a cell may hold: ${where}.`;
    return { code: 'long-text-moved', text };
  });
}

function tooWide(columns: number): DomainError {
  const message = `A sheet has at most ${SHEET_COLUMNS} columns, and this table has ${columns}. Ask for csv or json.`;
  return DomainError.invalid('too-many-columns', message);
}
