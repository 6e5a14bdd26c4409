import type { Cell, Table } from '../table';
import { isFormula } from '../formula-guard';
import { rowText } from '../row-text';
import { isRightToLeft } from '../pdf-table/direction';
import { headerLines } from '../table-header';
import type { TableOptions } from '../table-options';
import type { TableTally } from '../table-progress';
import { LocalTime } from './local-time';
import type { LongTexts } from './long-texts';
import { RowCutter } from './row-cutter';
import { type SampledColumn, sampledColumns } from './sampled-column';
import { type HeaderCell, sheetFoot, sheetHead } from './sheet';
import { valueCell } from './value-cell';

type Batch = readonly (readonly Cell[])[];

interface OpenTable {
  readonly header: readonly (readonly HeaderCell[])[];
  readonly widths: readonly number[];
  readonly rows: RowCutter;
}

/** How many sheets a table takes, and how many of its rows each of them has room for. */
export interface SheetPlan {
  readonly rowsPerSheet: number;
  readonly names: readonly string[];
}

/** The sheets of a table: its rows are read once, and cut where a sheet is full. */
export class TableSheets {
  private readonly batches: AsyncGenerator<Batch>;
  private readonly lines: readonly (readonly string[])[];
  private opened: OpenTable | undefined;

  constructor(
    private readonly table: Table,
    private readonly options: TableOptions,
    private readonly plan: SheetPlan,
    private readonly longTexts: LongTexts,
    tally: TableTally,
  ) {
    this.batches = tally.batches();
    this.lines = headerLines(table.columns, options.header, table.timeZone);
  }

  /** The sheet of that number, from 1, in their order. */
  async *sheet(number: number): AsyncGenerator<Uint8Array> {
    const { header, widths, rows } = (this.opened ??= await this.open());
    const { names, rowsPerSheet } = this.plan;
    const isLast = number === names.length;
    const count = isLast ? this.table.rowCount - (number - 1) * rowsPerSheet : rowsPerSheet;
    yield sheetHead({ widths, header, isFirst: number === 1, isRightToLeft: isRightToLeft(this.table.language) });
    yield* rows.take(isLast ? Infinity : rowsPerSheet);
    yield sheetFoot(widths.length, { headerRow: header.length, rows: header.length + count });
  }

  /** Ends the reading where not all of the rows were read. */
  async close(): Promise<void> {
    await this.opened?.rows.close();
    await this.batches.return(undefined);
  }

  private async open(): Promise<OpenTable> {
    const { columns } = this.table;
    const next = await this.batches.next();
    const first = next.done ? [] : next.value;
    const names = columns.map((_, index) => this.lines.map((line) => line[index] ?? ''));
    const sampled = sampledColumns(columns, names, first);
    return {
      header: this.header(),
      widths: sampled.map(({ width }) => width),
      rows: new RowCutter(this.rows(first, sampled)),
    };
  }

  private header(): HeaderCell[][] {
    return this.lines.map((line, row) =>
      line.map((text, index) => ({
        text: this.fitting(text, 1, row + 1, index),
        isQuoted: !this.options.raw && isFormula(text),
      })),
    );
  }

  /** As lines of XML. Cells have no reference, so that a row needs no number. */
  private async *rows(first: Batch, sampled: readonly SampledColumn[]): AsyncGenerator<Buffer> {
    const { rowsPerSheet } = this.plan;
    const localTime = new LocalTime(this.table.timeZone);
    let done = 0;
    const columns = this.table.columns.map(({ type }, index) => ({
      type,
      localTime,
      hasFractions: sampled[index]?.hasFractions ?? false,
      isGuarded: !this.options.raw,
      fitting: (text: string) =>
        this.fitting(text, Math.floor(done / rowsPerSheet) + 1, (done % rowsPerSheet) + this.lines.length + 1, index),
    }));
    const textOf = (row: readonly Cell[]) => {
      let cells = '';
      for (const [index, column] of columns.entries()) cells += valueCell(row[index] ?? null, column);
      done += 1;
      return `<row>${cells}</row>\n`;
    };
    for await (const piece of rowText(followed(first, this.batches), textOf)) {
      await this.longTexts.settle();
      yield piece;
    }
  }

  private fitting(text: string, sheet: number, row: number, column: number): string {
    const place = { sheet: this.plan.names[sheet - 1] ?? '', row, column: this.table.columns[column]?.key ?? '' };
    return this.longTexts.fitting(text, place);
  }
}

async function* followed(first: Batch, rest: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  yield first;
  yield* rest;
}
