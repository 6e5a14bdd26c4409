/** The box a text is broken into; `null` is unbounded. Lengths are page pixels. */
export interface TextBox {
  readonly width: number | null;
  readonly height: number | null;
  readonly fontSize: number;
  /** Ends the last line that fits with an ellipsis. */
  readonly ellipsis: boolean;
}

const ELLIPSIS = '…';
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Breaks a text into lines by the rules of Konva's text: after a space or a hyphen, within a word only when it is
 * longer than a line, spaces at a break are dropped, a line is as high as the font is large.
 * @param measure the width of a piece of text in page pixels
 */
export function layOutText(text: string, box: TextBox, measure: (text: string) => number): string[] {
  return new TextBreaker(box, measure).lines(text);
}

class TextBreaker {
  private readonly broken: string[] = [];
  private readonly ellipsisWidth: number;

  constructor(
    private readonly box: TextBox,
    private readonly measure: (text: string) => number,
  ) {
    this.ellipsisWidth = box.ellipsis ? measure(ELLIPSIS) : 0;
  }

  lines(text: string): string[] {
    const paragraphs = text.split('\n');
    for (const [index, paragraph] of paragraphs.entries()) {
      const { width } = this.box;
      if (width !== null && this.measure(paragraph) > width) {
        this.breakParagraph(paragraph, width);
      } else {
        this.broken.push(paragraph);
        if (this.isFull() && index < paragraphs.length - 1) this.endWithEllipsis();
      }
      if (this.isFull()) break;
    }
    return this.broken;
  }

  /** Whether one more line would leave the box. */
  private isFull(): boolean {
    const { height, fontSize } = this.box;
    return height !== null && (this.broken.length + 1) * fontSize > height;
  }

  private breakParagraph(paragraph: string, width: number): void {
    let rest = Array.from(graphemes.segment(paragraph), ({ segment }) => segment);
    while (rest.length > 0) {
      // On the last line that fits, the ellipsis needs its place too.
      const available = this.isFull() ? width - this.ellipsisWidth : width;
      const fitting = this.countFitting(rest, available);
      if (fitting === 0) return;
      const end = breakBefore(rest, fitting);
      this.broken.push(rest.slice(0, end).join('').trimEnd());
      if (this.isFull()) {
        this.endWithEllipsis();
        return;
      }
      rest = withoutLeadingSpace(rest.slice(end));
      const remainder = rest.join('');
      if (rest.length > 0 && this.measure(remainder) <= width) {
        this.broken.push(remainder);
        return;
      }
    }
  }

  /** How many graphemes from the start fit into a width. */
  private countFitting(pieces: readonly string[], width: number): number {
    let low = 0;
    let high = pieces.length;
    // A line of a page is short: first narrow down by doubling, so that a long text is not measured whole again and again.
    let probe = 64;
    while (probe < high && this.measure(pieces.slice(0, probe).join('')) <= width) {
      low = probe;
      probe *= 2;
    }
    high = Math.min(high, probe);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.measure(pieces.slice(0, middle + 1).join('')) <= width) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private endWithEllipsis(): void {
    const last = this.broken.at(-1);
    if (last === undefined || !this.box.ellipsis) return;
    const { width } = this.box;
    const hasRoom = width === null || this.measure(last + ELLIPSIS) < width;
    this.broken[this.broken.length - 1] = (hasRoom ? last : last.slice(0, -3)) + ELLIPSIS;
  }
}

/** Where to break when `fitting` pieces fit: before a following space or hyphen, else behind the last one. */
function breakBefore(pieces: readonly string[], fitting: number): number {
  const next = pieces[fitting];
  if (next === ' ' || next === '-') return fitting;
  const line = pieces.slice(0, fitting);
  const last = Math.max(line.lastIndexOf(' '), line.lastIndexOf('-'));
  return last >= 0 ? last + 1 : fitting;
}

function withoutLeadingSpace(pieces: string[]): string[] {
  const start = pieces.findIndex((piece) => piece.trim() !== '');
  return start < 0 ? [] : pieces.slice(start);
}
