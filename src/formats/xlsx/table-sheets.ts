import type { Cell, Row, RowBatch, Table, TableColumn } from '../content';
import { isFormula } from '../formula-guard';
import { isRightToLeft } from '../language';
import type { TableProgress } from '../row-progress';
import { encodeRows, type HeaderKind, toHeaderLines } from '../table-text';
import type { LongTexts } from './long-texts';
import { RowSplitter } from './row-splitter';
import { type HeaderCell, MAX_COLUMN_WIDTH, toColumnWidth, toSheetFoot, toSheetHead } from './sheet-xml';
import { SerialTime, toCell } from './table-cells';

const SAMPLED_ROWS = 200;
const TIME_WIDTH = 19;
const EXACT_TIME_WIDTH = 23;

interface OpenTable {
  readonly header: readonly (readonly HeaderCell[])[];
  readonly widths: readonly number[];
  readonly rows: RowSplitter;
}

/** The sheets of a table and how many of its rows fit on each. */
export interface SheetPlan {
  readonly rowsPerSheet: number;
  readonly names: readonly string[];
}

/** The sheets of a computed table. Its rows are read once; a new sheet starts when one is full. */
export class TableSheets {
  private readonly batches: AsyncGenerator<RowBatch>;
  private readonly headerLines: readonly (readonly string[])[];
  private opened: OpenTable | undefined;

  constructor(
    private readonly table: Table,
    private readonly options: { readonly raw: boolean; readonly header: HeaderKind },
    private readonly plan: SheetPlan,
    private readonly longTexts: LongTexts,
    progress: TableProgress,
  ) {
    this.batches = progress.batches();
    this.headerLines = toHeaderLines(table.columns, options.header, table.timeZone);
  }

  /** The content of a sheet. Sheets must be read in order. @param number from 1 */
  async *sheet(number: number): AsyncGenerator<Uint8Array> {
    const { header, widths, rows } = (this.opened ??= await this.open());
    const { names, rowsPerSheet } = this.plan;
    const isLast = number === names.length;
    const count = isLast ? this.table.rowCount - (number - 1) * rowsPerSheet : rowsPerSheet;
    yield toSheetHead({ widths, header, isFirst: number === 1, isRightToLeft: isRightToLeft(this.table.language) });
    yield* rows.take(isLast ? Infinity : rowsPerSheet);
    yield toSheetFoot(widths.length, { headerRow: header.length, rows: header.length + count });
  }

  /** Stops the reading if not all rows were read. */
  async close(): Promise<void> {
    await this.opened?.rows.close();
    await this.batches.return(undefined);
  }

  private async open(): Promise<OpenTable> {
    const { columns } = this.table;
    const next = await this.batches.next();
    const first = next.done ? [] : next.value;
    const names = columns.map((_, index) => this.headerLines.map((line) => line[index] ?? ''));
    const sampled = sampleColumns(columns, names, first);
    return {
      header: this.toHeader(),
      widths: sampled.map(({ width }) => width),
      rows: new RowSplitter(this.renderRows(first, sampled)),
    };
  }

  private toHeader(): HeaderCell[][] {
    return this.headerLines.map((line, row) =>
      line.map((text, index) => ({
        text: this.fit(text, 1, row + 1, index),
        isQuoted: !this.options.raw && isFormula(text),
      })),
    );
  }

  /** Rows as lines of XML. Cells have no reference, so a row needs no number. */
  private async *renderRows(first: RowBatch, sampled: readonly SampledColumn[]): AsyncGenerator<Buffer> {
    const { rowsPerSheet } = this.plan;
    const serialTime = new SerialTime(this.table.timeZone);
    const headerRows = this.headerLines.length;
    let done = 0;
    const columns = this.table.columns.map(({ type }, index) => ({
      type,
      serialTime,
      hasFractions: sampled[index]?.hasFractions ?? false,
      isGuarded: !this.options.raw,
      fit: (text: string) =>
        this.fit(text, Math.floor(done / rowsPerSheet) + 1, (done % rowsPerSheet) + headerRows + 1, index),
    }));
    const toRow = (row: Row) => {
      let cells = '';
      for (const [index, column] of columns.entries()) cells += toCell(row[index] ?? null, column);
      done += 1;
      return `<row>${cells}</row>\n`;
    };
    for await (const chunk of encodeRows(prepend(first, this.batches), toRow)) {
      await this.longTexts.flush();
      yield chunk;
    }
  }

  private fit(text: string, sheet: number, row: number, column: number): string {
    const position = { sheet: this.plan.names[sheet - 1] ?? '', row, column: this.table.columns[column]?.key ?? '' };
    return this.longTexts.fit(text, position);
  }
}

async function* prepend(first: RowBatch, rest: AsyncIterable<RowBatch>): AsyncGenerator<RowBatch> {
  yield first;
  yield* rest;
}

/** What the first rows of a table show about one of its columns. */
interface SampledColumn {
  /** In characters. */
  readonly width: number;
  /** Whether its moments have fractions of a second. */
  readonly hasFractions: boolean;
}

/** @param names in the header above each column */
function sampleColumns(
  columns: readonly TableColumn[],
  names: readonly (readonly string[])[],
  rows: RowBatch,
): SampledColumn[] {
  return columns.map(({ type }, index) => {
    const cells: Cell[] = rows.slice(0, SAMPLED_ROWS).map((row) => row[index] ?? null);
    const hasFractions = cells.some((cell) => cell instanceof Date && cell.getTime() % 1000 !== 0);
    const timeWidth = hasFractions ? EXACT_TIME_WIDTH : TIME_WIDTH;
    const longest = type === 'moment' ? timeWidth : Math.max(0, ...cells.map((cell) => widthOf(String(cell ?? ''))));
    return { width: toColumnWidth(Math.max(...(names[index] ?? []).map(widthOf)), longest), hasFractions };
  });
}

/** How many characters wide a text is; wide characters, which have more bytes, count more. */
function widthOf(text: string): number {
  const [...characters] = text.slice(0, 2 * MAX_COLUMN_WIDTH);
  const shown = characters.slice(0, MAX_COLUMN_WIDTH);
  return shown.length + Math.floor((Buffer.byteLength(shown.join('')) - shown.length) / 4);
}
