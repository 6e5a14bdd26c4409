import type { Table, TableColumn } from '../content';
import type { ColumnPlan, Panel } from './column-plan';
import type { Heading } from './heading';
import { DeferredDrawing } from './pdfkit-internals';
import type { PageRow } from './row-layout';
import { COLORS, FOOTER, MARGIN, STYLES, type TextStyle } from './styles';
import type { TextLayout } from './text-layout';
import type { TextPen } from './text-pen';

/** Lines of a row: all of them, if a page has room for them. */
interface RowPart {
  readonly row: PageRow;
  readonly from: number;
  readonly to: number;
}

/** A tall row starts at the bottom of a page only if at least this many of its lines fit there. */
const MIN_LINES = 4;

/** Distributes rows to pages and draws each page when it is full. Only one page of rows is in memory. */
export class Paginator {
  pageCount = 0;
  private parts: RowPart[] = [];
  private top = MARGIN;
  private used = 0;
  private readonly total: DeferredDrawing;

  constructor(
    private readonly table: Table,
    private readonly document: PDFKit.PDFDocument,
    private readonly text: TextLayout,
    private readonly pen: TextPen,
    readonly plan: ColumnPlan,
    private readonly page: {
      readonly header: PageRow;
      readonly rightToLeft: boolean;
      readonly takenAt: string;
    },
  ) {
    this.total = new DeferredDrawing(document, 'Total', [0, -10, 200, 30]);
  }

  start(heading: Heading): void {
    this.addPage();
    let top = MARGIN;
    heading.heights.forEach((height, part) => {
      if (top + height > this.bottom) {
        this.addPage();
        top = MARGIN;
      }
      heading.draw(part, top, this.pen);
      top += height;
    });
    this.top = top + 10;
    const minRoom = this.headerHeight + this.heightOf({ from: 0, to: MIN_LINES });
    if (this.top + minRoom <= this.bottom) return;
    this.addPage();
    this.top = MARGIN;
  }

  /** Adds a row. Pages that are full are drawn. */
  add(row: PageRow): void {
    const whole = { row, from: 0, to: row.lineCount };
    const height = this.heightOf(whole);
    if (height > this.room && height <= this.bottom - MARGIN - this.headerHeight) this.finishPage();
    if (height <= this.room) this.keep(whole);
    else this.addTall(row);
  }

  /** Draws the last page, and the number of pages that every page shows. */
  end(): void {
    if (this.parts.length > 0 || this.used === 0) this.draw();
    const [line] = this.text.breakLines(` / ${this.pageCount}`, STYLES.footer, MARGIN * 4, 1).lines;
    if (line) this.total.write(`BT ${this.pen.toOperators(line, STYLES.footer.size)} ET`);
  }

  private addTall(row: PageRow): void {
    if (this.linesOfRoom < MIN_LINES) this.finishPage();
    let from = 0;
    while (from < row.lineCount) {
      const to = Math.min(row.lineCount, from + Math.max(1, this.linesOfRoom));
      this.keep({ row, from, to });
      from = to;
      if (from < row.lineCount) this.finishPage();
    }
  }

  private keep(part: RowPart): void {
    this.parts.push(part);
    this.used += this.heightOf(part);
  }

  private get bottom(): number {
    return this.plan.paper.height - MARGIN - FOOTER;
  }

  private get headerHeight(): number {
    return this.page.header.lineCount * this.plan.density.header.leading + 2 * this.plan.density.padding.y + 1;
  }

  private get room(): number {
    return this.bottom - this.top - this.headerHeight - this.used;
  }

  private get linesOfRoom(): number {
    return Math.floor((this.room - 2 * this.plan.density.padding.y) / this.plan.density.cell.leading);
  }

  /** Draws the pending rows and starts a new page. */
  private finishPage(): void {
    this.draw();
    this.addPage();
    this.top = MARGIN;
    [this.parts, this.used] = [[], 0];
  }

  private draw(): void {
    this.plan.panels.forEach((panel, index) => {
      if (index > 0) this.addPage();
      this.drawPanel(panel, index > 0 ? MARGIN : this.top);
    });
  }

  private drawPanel(panel: Panel, from: number): void {
    const { header } = this.page;
    const { density } = this.plan;
    const width = panel.reduce((sum, column) => sum + column.width, 0);
    const left = this.page.rightToLeft ? this.plan.paper.width - MARGIN - width : MARGIN;
    let top = from;
    this.document.rect(left, top, width, this.headerHeight - 1).fill(COLORS.header);
    this.document.rect(left, top + this.headerHeight - 1, width, 1).fill(COLORS.headerLine);
    this.drawCells(panel, { row: header, from: 0, to: header.lineCount }, top, density.header);
    top += this.headerHeight;
    for (const part of this.parts) {
      const height = this.heightOf(part);
      if (part.row.isStriped) this.document.rect(left, top, width, height).fill(COLORS.stripe);
      if (part.to === part.row.lineCount) this.document.rect(left, top + height - 0.5, width, 0.5).fill(COLORS.line);
      this.drawCells(panel, part, top, density.cell);
      top += height;
    }
  }

  private drawCells(panel: Panel, { row, from, to }: RowPart, top: number, style: TextStyle): void {
    const { rightToLeft } = this.page;
    const { padding } = this.plan.density;
    let offset = 0;
    for (const { index, width } of panel) {
      const start = rightToLeft ? this.plan.paper.width - MARGIN - offset - width : MARGIN + offset;
      const box = {
        left: start + padding.x,
        top: top + padding.y,
        width: width - 2 * padding.x,
      };
      const column = this.table.columns[index];
      const end = rightToLeft ? 'left' : 'right';
      const lines = row.cells[index]?.slice(from, to) ?? [];
      this.pen.drawLines(lines, style, box, column && isNumeric(column) ? end : undefined);
      offset += width;
    }
  }

  private heightOf({ from, to }: Pick<RowPart, 'from' | 'to'>): number {
    const { cell, padding } = this.plan.density;
    return (to - from) * cell.leading + 2 * padding.y;
  }

  private addPage(): void {
    const { width, height } = this.plan.paper;
    this.document.addPage({ size: [width, height], margin: 0 });
    this.pageCount += 1;
    this.drawFooter();
  }

  private drawFooter(): void {
    const { paper } = this.plan;
    const style = STYLES.footer;
    const top = paper.height - MARGIN - style.leading;
    const third = (paper.width - 2 * MARGIN) / 3;
    const title = this.text.breakLines(this.table.title.slice(0, 200).replace(/\s+/g, ' '), style, third - 10, 1).lines;
    const takenAt = this.text.breakLines(this.page.takenAt, style, third, 1).lines;
    const number = this.text.breakLines(String(this.pageCount), style, third, 1).lines;
    const [start, end] = this.page.rightToLeft ? (['right', 'left'] as const) : (['left', 'right'] as const);
    const box = { left: MARGIN, top, width: third * 3 };
    this.pen.drawLines(title, style, box, start);
    this.pen.drawLines(takenAt, style, box, end);
    this.pen.drawLines(number, style, { left: MARGIN, top, width: third * 1.5 }, 'right');
    this.total.place(paper.width / 2, top + style.baseline);
  }
}

/** Numbers are aligned at their end. */
function isNumeric({ type }: TableColumn): boolean {
  return type === 'integer' || type === 'decimal' || type === 'duration';
}
