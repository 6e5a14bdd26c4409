import type { TextPen } from './text-pen';
import type { Line } from './text-setter';

/**
 * How many pages there are, shown on every page and known after the last: each refers to one small drawing, which is made
 * at the end. So no page needs to be kept.
 */
export class PageTotal {
  private readonly drawing: PDFKit.PDFKitReference;
  private readonly fonts: Record<string, unknown> = {};

  constructor(private readonly document: PDFKit.PDFDocument) {
    this.drawing = document.ref({
      Type: 'XObject',
      Subtype: 'Form',
      BBox: [0, -10, 200, 30],
      Resources: { Font: this.fonts },
    });
  }

  /** Shows the total on the page in hand, its feet at `y`. */
  place(x: number, y: number): void {
    (this.document.page.xobjects as Record<string, unknown>)['Total'] = this.drawing;
    this.document.addContent(`q 1 0 0 -1 ${x} ${y} cm /Total Do Q`);
  }

  /** Tells the total, in a line that the last page could show as well. */
  tell(line: Line, size: number, pen: TextPen): void {
    const shown = pen.shown(line, size);
    Object.assign(this.fonts, this.document.page.fonts);
    this.drawing.end(Buffer.from(`BT ${shown} ET`));
  }
}
