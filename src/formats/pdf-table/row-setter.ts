import type { Cell, Table, TableColumn } from '../table';
import { CellText } from './cell-text';
import type { ColumnExtent, ColumnPlan } from './column-plan';
import { CutCells } from './cut-cells';
import { numberedLabels } from './header-labels';
import { LOOKS } from './look';
import { printable } from './printable-text';
import type { BrokenText, Line, TextExtent, TextSetter } from './text-setter';
import type { TimeSlices } from './time-slices';

/** A row whose texts are broken into lines; drawn when a page has room for it. */
export interface SheetRow {
  /** By the column's place in the table. */
  readonly cells: readonly (readonly Line[])[];
  readonly lineCount: number;
  /** Every other row has a tint. */
  readonly striped: boolean;
}

/** What stands above the rows, and what is said of it before them. */
export interface SheetHeader {
  readonly row: SheetRow;
  readonly notes: readonly string[];
}

/** Of a cell; some three pages. */
const MAX_LINES = 120;
const MAX_HEADER_LINES = 4;
/** Of a label that is told in full elsewhere. */
const LINES_OF_NUMBERED = 3;
/** Into so many lines a label is broken where there is room. */
const COMFORTABLE_HEADER_LINES = 3;
/** What a label may ask for above short cells, in points. */
const MAX_LABEL_WIDTH = 90;
const MAX_LABEL_PIECE_WIDTH = 75;

/** Turns rows into lines of text. */
export class RowSetter {
  readonly cutCells = new CutCells();
  private readonly cellText: CellText;
  private rowNumber = 0;

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
      let piece = Math.min(label.piece, MAX_LABEL_PIECE_WIDTH);
      let whole = Math.max(piece, Math.min(label.whole / COMFORTABLE_HEADER_LINES, MAX_LABEL_WIDTH));
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

  /** The labels above the columns; where some are too long to stand there, all of them are listed in `notes`. */
  header(plan: ColumnPlan): SheetHeader {
    const { columns } = this.table;
    const labels = columns.map(({ label }) => inOneLine(label));
    for (const { label } of columns) if (printable(label).cut) this.cutCells.add('header', label);
    const whole = this.labelCells(labels, plan, MAX_HEADER_LINES);
    const firstLong = whole.findIndex(({ cut }) => cut);
    const { short, list } = firstLong < 0 ? { short: labels, list: [] } : numberedLabels(columns, firstLong);
    const set = firstLong < 0 ? whole : this.labelCells(short, plan, LINES_OF_NUMBERED);
    const cells = set.map(({ lines }) => lines);
    return { row: { cells, lineCount: linesOf(cells), striped: false }, notes: [...list, ...this.leftOut(plan)] };
  }

  private labelCells(labels: readonly string[], { panels, density }: ColumnPlan, most: number): BrokenText[] {
    const widths = widthsOf(panels);
    return labels.map((label, index) => {
      const width = widths.get(index);
      if (width === undefined) return { lines: [], cut: false };
      return this.setter.lines(inOneLine(label), density.header, width - 2 * density.padding.x, most);
    });
  }

  /** Says of which columns nothing is printed, as there is nothing in them. */
  private leftOut({ panels }: ColumnPlan): string[] {
    const widths = widthsOf(panels);
    const labels = this.table.columns.flatMap(({ label }, index) => (widths.has(index) ? [] : [inOneLine(label)]));
    return labels.length === 0 ? [] : [`${labels.join(', ')}: –`];
  }

  async row(row: readonly Cell[], { panels, density }: ColumnPlan): Promise<SheetRow> {
    const widths = widthsOf(panels);
    const cells: (readonly Line[])[] = [];
    this.rowNumber += 1;
    for (const [index, { type, label }] of this.table.columns.entries()) {
      const width = widths.get(index);
      if (width === undefined) {
        cells.push([]);
        continue;
      }
      const { text, cut } = printable(this.cellText.of(row[index] ?? null, type));
      const broken = this.setter.lines(text, density.cell, width - 2 * density.padding.x, MAX_LINES);
      if (cut || broken.cut) this.cutCells.add(this.rowNumber, label);
      cells.push(broken.lines);
      await this.slices.pause();
    }
    return { cells, lineCount: linesOf(cells), striped: this.rowNumber % 2 === 0 };
  }

  /** The moment that the table shows, for people. */
  get takenAt(): string {
    return this.cellText.moment(new Date(this.table.takenAt));
  }
}

function inOneLine(label: string): string {
  return printable(label).text.replaceAll('\n', ' ');
}

function widthsOf(panels: ColumnPlan['panels']): Map<number, number> {
  return new Map(panels.flat().map(({ index, width }) => [index, width]));
}

function linesOf(cells: readonly (readonly Line[])[]): number {
  return Math.max(1, ...cells.map((lines) => lines.length));
}
