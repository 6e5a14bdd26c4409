import type { Table } from '../table';
import { isFigure } from './cell-text';
import type { ColumnPlan, Panel } from './column-plan';
import { COLOURS, FOOTER, LOOKS, type Look, MARGIN } from './look';
import { PageTotal } from './page-total';
import type { SheetRow } from './row-setter';
import type { SheetHeading } from './sheet-heading';
import type { TextPen } from './text-pen';
import type { TextSetter } from './text-setter';

/** Some lines of a row: all of them, where a page has room for them. */
interface RowPart {
  readonly row: SheetRow;
  readonly from: number;
  readonly to: number;
}

/** A tall row begins at the foot of a page only where this many of its lines have room there. */
const MIN_LINES = 4;

/** Puts rows on pages, one page in hand at a time. */
export class SheetPages {
  pageCount = 0;
  private parts: RowPart[] = [];
  private top = MARGIN;
  private used = 0;
  private readonly total: PageTotal;

  constructor(
    private readonly table: Table,
    private readonly document: PDFKit.PDFDocument,
    private readonly setter: TextSetter,
    private readonly pen: TextPen,
    readonly plan: ColumnPlan,
    private readonly sheet: {
      readonly header: SheetRow;
      readonly rightToLeft: boolean;
      readonly takenAt: string;
    },
  ) {
    this.total = new PageTotal(document);
  }

  begin(heading: SheetHeading): void {
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
    const leastRoom = this.headerHeight + this.heightOf({ from: 0, to: MIN_LINES });
    if (this.top + leastRoom <= this.bottom) return;
    this.addPage();
    this.top = MARGIN;
  }

  /** Takes a row; whole pages are drawn at once. */
  add(row: SheetRow): void {
    const whole = { row, from: 0, to: row.lineCount };
    if (this.heightOf(whole) > this.room && this.heightOf(whole) <= this.bottom - MARGIN - this.headerHeight)
      this.drawPages();
    if (this.heightOf(whole) <= this.room) this.keep(whole);
    else this.addTall(row);
  }

  /** Draws what is left, and tells every page how many there are. */
  end(): void {
    if (this.parts.length > 0 || this.used === 0) this.draw();
    const [line] = this.setter.lines(` / ${this.pageCount}`, LOOKS.footer, MARGIN * 4, 1).lines;
    if (line) this.total.tell(line, LOOKS.footer.size, this.pen);
  }

  private addTall(row: SheetRow): void {
    if (this.linesOfRoom < MIN_LINES) this.drawPages();
    let from = 0;
    while (from < row.lineCount) {
      const to = Math.min(row.lineCount, from + Math.max(1, this.linesOfRoom));
      this.keep({ row, from, to });
      from = to;
      if (from < row.lineCount) this.drawPages();
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
    return this.sheet.header.lineCount * this.plan.density.header.leading + 2 * this.plan.density.padding.y + 1;
  }

  private get room(): number {
    return this.bottom - this.top - this.headerHeight - this.used;
  }

  private get linesOfRoom(): number {
    return Math.floor((this.room - 2 * this.plan.density.padding.y) / this.plan.density.cell.leading);
  }

  /** Draws the rows in hand, and turns to a new page. */
  private drawPages(): void {
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
    const { header } = this.sheet;
    const { density } = this.plan;
    const width = panel.reduce((sum, column) => sum + column.width, 0);
    const left = this.sheet.rightToLeft ? this.plan.paper.width - MARGIN - width : MARGIN;
    let top = from;
    this.document.rect(left, top, width, this.headerHeight - 1).fill(COLOURS.header);
    this.document.rect(left, top + this.headerHeight - 1, width, 1).fill(COLOURS.headerLine);
    this.cells(panel, { row: header, from: 0, to: header.lineCount }, top, density.header);
    top += this.headerHeight;
    for (const part of this.parts) {
      const height = this.heightOf(part);
      if (part.row.striped) this.document.rect(left, top, width, height).fill(COLOURS.stripe);
      if (part.to === part.row.lineCount) this.document.rect(left, top + height - 0.5, width, 0.5).fill(COLOURS.line);
      this.cells(panel, part, top, density.cell);
      top += height;
    }
  }

  private cells(panel: Panel, { row, from, to }: RowPart, top: number, look: Look): void {
    const { rightToLeft } = this.sheet;
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
      this.pen.lines(lines, look, box, column && isFigure(column) ? end : undefined);
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
    this.footer();
  }

  private footer(): void {
    const { paper } = this.plan;
    const look = LOOKS.footer;
    const top = paper.height - MARGIN - look.leading;
    const third = (paper.width - 2 * MARGIN) / 3;
    const title = this.setter.lines(this.table.title.slice(0, 200).replace(/\s+/g, ' '), look, third - 10, 1).lines;
    const takenAt = this.setter.lines(this.sheet.takenAt, look, third, 1).lines;
    const number = this.setter.lines(String(this.pageCount), look, third, 1).lines;
    const [start, end] = this.sheet.rightToLeft ? (['right', 'left'] as const) : (['left', 'right'] as const);
    const box = { left: MARGIN, top, width: third * 3 };
    this.pen.lines(title, look, box, start);
    this.pen.lines(takenAt, look, box, end);
    this.pen.lines(number, look, { left: MARGIN, top, width: third * 1.5 }, 'right');
    this.total.place(paper.width / 2, top + look.baseline);
  }
}
