import type { Cell, ExportWarning, Row, RowBatch, Table, TableColumn } from '../content';
import { CellFormat, toOneLine, toPrintable } from './cell-text';
import type { ColumnExtent, ColumnPlan } from './column-plan';
import { STYLES } from './styles';
import type { BrokenText, Line, TextExtent, TextLayout } from './text-layout';
import type { TimeSlices } from './time-slices';

/** A row whose texts are broken into lines; drawn when a page has room for it. */
export interface PageRow {
  /** By the position of the column in the table. */
  readonly cells: readonly (readonly Line[])[];
  readonly lineCount: number;
  /** Whether it has a background; every other row has. */
  readonly isStriped: boolean;
}

/** The header above the rows, and notes to be printed before the rows. */
export interface TableHeader {
  readonly row: PageRow;
  readonly notes: readonly string[];
}

/** Of a cell; about three pages. */
const MAX_LINES = 120;
const MAX_HEADER_LINES = 4;
/** Of a label that the notes repeat in full. */
const MAX_NUMBERED_LINES = 3;
/** Labels are measured as if broken into this many lines. */
const COMFORTABLE_HEADER_LINES = 3;
/** The width that a label may require above narrow cells, in points. */
const MAX_LABEL_WIDTH = 90;
const MAX_LABEL_SEGMENT_WIDTH = 75;

/** Lays out the rows and the header of a table. */
export class RowLayout {
  readonly truncations = new Truncations();
  private readonly format: CellFormat;
  private rowNumber = 0;

  constructor(
    private readonly table: Table,
    private readonly text: TextLayout,
    private readonly slices: TimeSlices,
  ) {
    this.format = new CellFormat(table.language, table.timeZone);
  }

  /**
   * Measures the room that each column needs for its label and the first rows. An empty column has no extent: it is not
   * printed.
   * @param rows the first of the table
   * @param maxRows how many of them are measured
   */
  async measureColumns(rows: RowBatch, maxRows: number): Promise<ColumnExtent[]> {
    const measured = rows.slice(0, maxRows);
    const extents: ColumnExtent[] = [];
    for (const [index, column] of this.table.columns.entries()) {
      if (this.isEmpty(index, rows)) continue;
      const label = this.text.measure(toOneLine(column.label), STYLES.header);
      // A label may be broken: a column of figures need not be as wide as the question above it.
      let segment = Math.min(label.segment, MAX_LABEL_SEGMENT_WIDTH);
      let whole = Math.max(segment, Math.min(label.whole / COMFORTABLE_HEADER_LINES, MAX_LABEL_WIDTH));
      let squares = 0;
      await this.slices.pause();
      for (const row of measured) {
        const extent = this.measureCell(row[index] ?? null, column);
        segment = Math.max(segment, extent.segment);
        whole = Math.max(whole, extent.whole);
        squares += extent.length ** 2;
        await this.slices.pause();
      }
      const length = Math.max(segment, Math.sqrt(squares / Math.max(1, measured.length)));
      extents.push({ index, segment, whole, length });
    }
    return extents;
  }

  private measureCell(cell: Cell, { type }: TableColumn): TextExtent {
    const extent = this.text.measure(toPrintable(this.format.toText(cell, type)).text, STYLES.cell);
    if (type === 'text') return extent;
    const parts = this.format.toUnbreakableParts(cell, type);
    return { ...extent, segment: Math.max(...parts.map((part) => this.text.measure(part, STYLES.cell).whole)) };
  }

  /** Known only if all rows are known. The first column is always printed. */
  private isEmpty(index: number, rows: RowBatch): boolean {
    if (index === 0 || rows.length === 0 || rows.length < this.table.rowCount) return false;
    return rows.every((row) => (row[index] ?? '') === '');
  }

  /** Labels that are too long are numbered, and listed in full in the notes. */
  layOutHeader(plan: ColumnPlan): TableHeader {
    const { columns } = this.table;
    const labels = columns.map(({ label }) => toOneLine(label));
    for (const { label } of columns) if (toPrintable(label).isTruncated) this.truncations.add('header', label);
    const full = this.layOutLabels(labels, plan, MAX_HEADER_LINES);
    const firstLong = full.findIndex(({ isTruncated }) => isTruncated);
    const { short, list } = firstLong < 0 ? { short: labels, list: [] } : numberLabels(columns, firstLong);
    const shown = firstLong < 0 ? full : this.layOutLabels(short, plan, MAX_NUMBERED_LINES);
    const cells = shown.map(({ lines }) => lines);
    const notes = [...list, ...this.noteEmptyColumns(plan)];
    return { row: { cells, lineCount: countLines(cells), isStriped: false }, notes };
  }

  private layOutLabels(labels: readonly string[], { panels, density }: ColumnPlan, maxLines: number): BrokenText[] {
    const widths = widthsOf(panels);
    return labels.map((label, index) => {
      const width = widths.get(index);
      if (width === undefined) return { lines: [], isTruncated: false };
      return this.text.breakLines(toOneLine(label), density.header, width - 2 * density.padding.x, maxLines);
    });
  }

  private noteEmptyColumns({ panels }: ColumnPlan): string[] {
    const widths = widthsOf(panels);
    const labels = this.table.columns.flatMap(({ label }, index) => (widths.has(index) ? [] : [toOneLine(label)]));
    return labels.length === 0 ? [] : [`${labels.join(', ')}: –`];
  }

  async layOutRow(row: Row, { panels, density }: ColumnPlan): Promise<PageRow> {
    const widths = widthsOf(panels);
    const cells: (readonly Line[])[] = [];
    this.rowNumber += 1;
    for (const [index, { type, label }] of this.table.columns.entries()) {
      const width = widths.get(index);
      if (width === undefined) {
        cells.push([]);
        continue;
      }
      const { text, isTruncated } = toPrintable(this.format.toText(row[index] ?? null, type));
      const broken = this.text.breakLines(text, density.cell, width - 2 * density.padding.x, MAX_LINES);
      if (isTruncated || broken.isTruncated) this.truncations.add(this.rowNumber, label);
      cells.push(broken.lines);
      await this.slices.pause();
    }
    return { cells, lineCount: countLines(cells), isStriped: this.rowNumber % 2 === 0 };
  }

  /** The moment of the snapshot, for people. */
  get takenAt(): string {
    return this.format.formatMoment(new Date(this.table.takenAt));
  }
}

function widthsOf(panels: ColumnPlan['panels']): Map<number, number> {
  return new Map(panels.flat().map(({ index, width }) => [index, width]));
}

function countLines(cells: readonly (readonly Line[])[]): number {
  return Math.max(1, ...cells.map((lines) => lines.length));
}

/** The labels above the columns, and the full labels behind their numbers. */
interface NumberedLabels {
  readonly short: readonly string[];
  readonly list: readonly string[];
}

/**
 * Numbers the labels if some are too long: the labels beside those too, so that the numbers are those of the questions. A
 * label that starts with the previous one, as the label of its points does, gets the number of the previous one.
 * @param firstLong the position of the first label that is too long
 */
export function numberLabels(columns: readonly TableColumn[], firstLong: number): NumberedLabels {
  const short = columns.map(({ label }) => label);
  const list: string[] = [];
  let previous: string | null = null;
  for (let index = findFirstQuestion(columns, firstLong); index < columns.length; index += 1) {
    const label = short[index] ?? '';
    if (previous !== null && label.startsWith(`${previous} `)) {
      short[index] = `${list.length}.${label.slice(previous.length)}`;
      continue;
    }
    previous = label;
    const numbered = `${list.length + 1}. ${label}`;
    short[index] = numbered;
    list.push(numbered);
  }
  return { short, list };
}

/** Answers are texts and points; the columns before them end with another type. The first column is never a question. */
function findFirstQuestion(columns: readonly TableColumn[], firstLong: number): number {
  let first = firstLong;
  while (first > 1 && ['text', 'decimal'].includes(columns[first - 1]?.type ?? '')) first -= 1;
  return first;
}

const MAX_TRUNCATIONS_LISTED = 3;
const MAX_LABEL_LENGTH = 40;

/** The cells whose text was truncated. */
class Truncations {
  private count = 0;
  private readonly positions: string[] = [];

  /** @param row counted from 1, or the `header` */
  add(row: number | 'header', label: string): void {
    this.count += 1;
    if (this.positions.length >= MAX_TRUNCATIONS_LISTED) return;
    const name = label.length > MAX_LABEL_LENGTH ? `${label.slice(0, MAX_LABEL_LENGTH - 1).toWellFormed()}…` : label;
    this.positions.push(`${row === 'header' ? 'header' : `row ${row}`}, “${name.replace(/\s+/g, ' ')}”`);
  }

  get warnings(): ExportWarning[] {
    if (this.count === 0) return [];
    const cells =
      this.count === 1
        ? '1 cell was too long to print; it is cut'
        : `${this.count} cells were too long to print; they are cut`;
    const more = this.count > MAX_TRUNCATIONS_LISTED ? ' and others' : '';
    return [{ code: 'cell-truncated', text: `${cells}: ${this.positions.join('; ')}${more}.` }];
  }
}
