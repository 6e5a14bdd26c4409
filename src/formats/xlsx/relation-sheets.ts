import type { Relation } from '../relation';
import { neutralisedName } from '../formula-guard';
import type { RowTally } from '../row-progress';
import type { CutCells } from './cut-cells';
import { rowProjection } from './row';
import { RowCutter } from './row-cutter';
import { type HeaderCell, sheetFoot, sheetHead } from './sheet';
import { type SheetColumn, sheetColumns } from './sheet-column';

interface OpenRelation {
  readonly columns: readonly SheetColumn[];
  readonly rows: RowCutter;
}

export interface SheetOptions {
  /** Without the header. */
  readonly rowsPerSheet: number;
  readonly isRaw: boolean;
}

/** The sheets of one relation: its rows are asked for once, and cut where a sheet is full. */
export class RelationSheets {
  readonly count: number;
  private opened: OpenRelation | undefined;

  constructor(
    private readonly relation: Relation,
    private readonly tally: RowTally,
    private readonly cuts: CutCells,
    private readonly options: SheetOptions,
  ) {
    this.count = Math.max(1, Math.ceil((relation.rowCount ?? 0) / options.rowsPerSheet));
  }

  get name(): string {
    return this.relation.name;
  }

  /** The sheet of that number, from 1, in their order. */
  async *sheet(number: number, isFirstOfAll: boolean): AsyncGenerator<Uint8Array> {
    const { columns, rows } = (this.opened ??= await this.open());
    const { rowsPerSheet, isRaw } = this.options;
    yield sheetHead({
      widths: columns.map(({ width }) => width),
      header: [columns.map(({ name }) => nameCell(name, isRaw))],
      isFirst: isFirstOfAll,
    });
    if (number < this.count) {
      yield* rows.take(rowsPerSheet);
      yield sheetFoot(columns.length, { headerRow: 1, rows: rowsPerSheet + 1 });
      return;
    }
    yield* rows.take(Infinity);
    await this.cuts.collect(this.relation);
    yield sheetFoot(columns.length, { headerRow: 1, rows: this.rowsOfLast() + 1 });
  }

  /** Ends the query where not all of its rows were read. */
  async close(): Promise<void> {
    await this.opened?.rows.close();
  }

  private async open(): Promise<OpenRelation> {
    const columns = await sheetColumns(this.relation, this.cuts);
    return {
      columns,
      rows: new RowCutter(this.tally.render(this.relation, rowProjection(columns, this.options.isRaw))),
    };
  }

  private rowsOfLast(): number {
    const rows = this.tally.countOf(this.relation) - (this.count - 1) * this.options.rowsPerSheet;
    if (rows > this.options.rowsPerSheet) throw new Error(`${this.name} has more rows than were counted`);
    return rows;
  }
}

function nameCell(name: string, isRaw: boolean): HeaderCell {
  return { text: name, isQuoted: !isRaw && neutralisedName(name) !== name };
}
