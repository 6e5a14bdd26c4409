import type { TextStyle } from './styles';
import type { Line } from './text-layout';
import { toDecimal } from './text-operators';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

/** Draws lines of text on the current page. Positions are in points from the upper left corner. */
export class TextPen {
  constructor(private readonly document: PDFKit.PDFDocument) {}

  /** Draws lines from `top` down, each at the edge of its direction unless `align` names one. */
  drawLines(lines: readonly Line[], style: TextStyle, box: Box, align?: 'left' | 'right'): void {
    if (lines.length === 0) return;
    this.document.fillColor(style.color);
    lines.forEach((line, index) => {
      const isRight = align === undefined ? line.isRightAligned : align === 'right';
      const x = isRight ? box.left + box.width - line.width : box.left;
      this.drawLine(line, style.size, x, box.top + index * style.leading + style.baseline);
    });
  }

  /** @param y of the baseline */
  private drawLine(line: Line, size: number, x: number, y: number): void {
    // The page's y axis points down, so letters have to be flipped.
    if (line.runs.length > 0)
      this.document.addContent(`BT 1 0 0 -1 ${toDecimal(x)} ${toDecimal(y)} Tm ${this.toOperators(line, size)} ET`);
  }

  /** The operators between the start and the end of a text. */
  toOperators({ runs }: Line, size: number): string {
    const { page } = this.document;
    return runs.map(({ typeface, shaped }) => typeface.draw(shaped, size, page)).join(' ');
  }
}
