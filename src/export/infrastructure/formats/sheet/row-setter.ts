import type { Cell, Table } from '../../../model/domain/table';
import { CellText } from './cell-text';
import type { ColumnExtent, ColumnPlan } from './column-plan';
import { CELL_PADDING, LOOKS } from './look';
import { printable } from './printable-text';
import type { Line, TextSetter } from './text-setter';
import type { TimeSlices } from './time-slices';

/** A row whose texts are broken into lines; drawn when a page has room for it. */
export interface SheetRow {
  /** By the column's place in the table. */
  readonly cells: readonly (readonly Line[])[];
  readonly lineCount: number;
  /** Every other row has a tint. */
  readonly striped: boolean;
}

/** Of a cell; some three pages. */
const MOST_LINES = 120;
const MOST_HEADER_LINES = 6;
const LONGEST_LABEL = 300;

/** Turns rows into lines of text. */
export class RowSetter {
  /** The cells that could not be shown whole. */
  cutCells = 0;
  private readonly cellText: CellText;
  private striped = false;

  constructor(
    private readonly table: Table,
    private readonly setter: TextSetter,
    private readonly slices: TimeSlices,
  ) {
    this.cellText = new CellText(table.language, table.timeZone);
  }

  /** How much room each column needs for its label and the given rows. */
  async extents(rows: readonly (readonly Cell[])[]): Promise<ColumnExtent[]> {
    const extents: ColumnExtent[] = [];
    for (const [index, column] of this.table.columns.entries()) {
      const label = this.setter.extent(printable(column.label, LONGEST_LABEL).text, LOOKS.header);
      // A label may be broken: a column of figures need not be as wide as the question above it.
      let [piece, whole] = [label.piece, Math.max(label.piece, label.whole / 2)];
      await this.slices.pause();
      for (const row of rows) {
        const text = printable(this.cellText.of(row[index] ?? null, column.type)).text;
        const extent = this.setter.extent(text, LOOKS.cell);
        piece = Math.max(piece, extent.piece);
        whole = Math.max(whole, extent.whole);
        await this.slices.pause();
      }
      extents.push({ piece, whole });
    }
    return extents;
  }

  header({ panels }: ColumnPlan): SheetRow {
    const widths = widthsOf(panels);
    const cells = this.table.columns.map(({ label }, index) => {
      const width = (widths.get(index) ?? 0) - 2 * CELL_PADDING.x;
      const { text, cut } = printable(label, LONGEST_LABEL);
      return this.counted(this.setter.lines(text.replaceAll('\n', ' '), LOOKS.header, width, MOST_HEADER_LINES), cut);
    });
    return { cells, lineCount: linesOf(cells), striped: false };
  }

  async row(row: readonly Cell[], { panels }: ColumnPlan): Promise<SheetRow> {
    const widths = widthsOf(panels);
    const cells: Line[][] = [];
    for (const [index, { type }] of this.table.columns.entries()) {
      const width = (widths.get(index) ?? 0) - 2 * CELL_PADDING.x;
      const { text, cut } = printable(this.cellText.of(row[index] ?? null, type));
      cells.push(this.counted(this.setter.lines(text, LOOKS.cell, width, MOST_LINES), cut));
      await this.slices.pause();
    }
    this.striped = !this.striped;
    return { cells, lineCount: linesOf(cells), striped: !this.striped };
  }

  /** The moment that the table shows, for people. */
  get takenAt(): string {
    return this.cellText.moment(new Date(this.table.takenAt));
  }

  private counted(broken: { readonly lines: Line[]; readonly cut: boolean }, cut: boolean): Line[] {
    if (cut || broken.cut) this.cutCells += 1;
    return broken.lines;
  }
}

function widthsOf(panels: ColumnPlan['panels']): Map<number, number> {
  return new Map(panels.flat().map(({ index, width }) => [index, width]));
}

function linesOf(cells: readonly (readonly Line[])[]): number {
  return Math.max(1, ...cells.map((lines) => lines.length));
}
