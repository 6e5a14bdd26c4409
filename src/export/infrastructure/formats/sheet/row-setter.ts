import type { Cell, Table, TableColumn } from '../../../model/domain/table';
import { CellText } from './cell-text';
import type { ColumnExtent, ColumnPlan } from './column-plan';
import { LOOKS } from './look';
import { printable } from './printable-text';
import type { Line, TextExtent, TextSetter } from './text-setter';
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
/** Into so many lines a label is broken where there is room. */
const COMFORTABLE_HEADER_LINES = 3;
/** What a label may ask for above short cells, in points. */
const WIDEST_LABEL = 90;
const WIDEST_LABEL_PIECE = 75;

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

  /**
   * How much room each column needs for its label and the first rows. A column in which nothing stands has no extent: it
   * is not printed.
   * @param rows the first of the table
   * @param most how many of them are measured
   */
  async extents(rows: readonly (readonly Cell[])[], most: number): Promise<ColumnExtent[]> {
    const measured = rows.slice(0, most);
    const extents: ColumnExtent[] = [];
    for (const [index, column] of this.table.columns.entries()) {
      if (this.isEmpty(index, rows)) continue;
      const label = this.setter.extent(inOneLine(column.label), LOOKS.header);
      // A label may be broken: a column of figures need not be as wide as the question above it.
      let piece = Math.min(label.piece, WIDEST_LABEL_PIECE);
      let whole = Math.max(piece, Math.min(label.whole / COMFORTABLE_HEADER_LINES, WIDEST_LABEL));
      let squares = 0;
      await this.slices.pause();
      for (const row of measured) {
        const extent = this.extentOf(row[index] ?? null, column);
        piece = Math.max(piece, extent.piece);
        whole = Math.max(whole, extent.whole);
        squares += extent.length ** 2;
        await this.slices.pause();
      }
      extents.push({ index, piece, whole, length: Math.max(piece, Math.sqrt(squares / Math.max(1, measured.length))) });
    }
    return extents;
  }

  private extentOf(cell: Cell, { type }: TableColumn): TextExtent {
    const extent = this.setter.extent(printable(this.cellText.of(cell, type)).text, LOOKS.cell);
    if (type === 'text') return extent;
    const parts = this.cellText.parts(cell, type).map((part) => this.setter.extent(part, LOOKS.cell).whole);
    return { ...extent, piece: Math.max(...parts) };
  }

  /** Known only where all rows are; the first column stays in any case. */
  private isEmpty(index: number, rows: readonly (readonly Cell[])[]): boolean {
    if (index === 0 || rows.length === 0 || rows.length < this.table.rowCount) return false;
    return rows.every((row) => (row[index] ?? '') === '');
  }

  header({ panels, density }: ColumnPlan): SheetRow {
    const widths = widthsOf(panels);
    const cells = this.table.columns.map(({ label }, index) => {
      const width = widths.get(index);
      if (width === undefined) return [];
      const { text, cut } = printable(label, LONGEST_LABEL);
      const inner = width - 2 * density.padding.x;
      return this.counted(this.setter.lines(text.replaceAll('\n', ' '), density.header, inner, MOST_HEADER_LINES), cut);
    });
    return { cells, lineCount: linesOf(cells), striped: false };
  }

  async row(row: readonly Cell[], { panels, density }: ColumnPlan): Promise<SheetRow> {
    const widths = widthsOf(panels);
    const cells: Line[][] = [];
    for (const [index, { type }] of this.table.columns.entries()) {
      const width = widths.get(index);
      if (width === undefined) {
        cells.push([]);
        continue;
      }
      const { text, cut } = printable(this.cellText.of(row[index] ?? null, type));
      const inner = width - 2 * density.padding.x;
      cells.push(this.counted(this.setter.lines(text, density.cell, inner, MOST_LINES), cut));
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

function inOneLine(label: string): string {
  return printable(label, LONGEST_LABEL).text.replaceAll('\n', ' ');
}

function widthsOf(panels: ColumnPlan['panels']): Map<number, number> {
  return new Map(panels.flat().map(({ index, width }) => [index, width]));
}

function linesOf(cells: readonly (readonly Line[])[]): number {
  return Math.max(1, ...cells.map((lines) => lines.length));
}
