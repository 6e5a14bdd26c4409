import type { Look } from './look';
import { decimal } from './text-operators';
import type { Line } from './text-setter';

/** Draws lines of text on the page in hand. Places are in points from the page's upper left corner. */
export class TextPen {
  constructor(private readonly document: PDFKit.PDFDocument) {}

  /** Draws lines below each other from `top` on, each at the edge of its direction unless `align` says another. */
  lines(lines: readonly Line[], look: Look, box: Box, align?: 'left' | 'right'): void {
    if (lines.length === 0) return;
    this.document.fillColor(look.colour);
    lines.forEach((line, index) => {
      const right = align === undefined ? line.atRight : align === 'right';
      const x = right ? box.left + box.width - line.width : box.left;
      this.line(line, look.size, x, box.top + index * look.leading + look.baseline);
    });
  }

  /** Draws one line whose feet stand at `y`. */
  line(line: Line, size: number, x: number, y: number): void {
    // The page's coordinates run downwards, so letters must be turned over.
    if (line.runs.length > 0)
      this.document.addContent(`BT 1 0 0 -1 ${decimal(x)} ${decimal(y)} Tm ${this.shown(line, size)} ET`);
  }

  /** The operators between the beginning and the end of a text. */
  shown({ runs }: Line, size: number): string {
    const { page } = this.document;
    return runs.map(({ typeface, shaped }) => typeface.show(shaped, size, page)).join(' ');
  }
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
}
