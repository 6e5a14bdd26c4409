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
    const pieces = Array.from(graphemes.segment(paragraph), ({ segment }) => segment);
    let start = 0;
    while (start < pieces.length) {
      // On the last line that fits, the ellipsis needs its place too.
      const available = this.isFull() ? width - this.ellipsisWidth : width;
      const fitting = this.countFitting(pieces, start, available);
      if (fitting === 0) return;
      const end = breakBefore(pieces, start, start + fitting);
      this.broken.push(pieces.slice(start, end).join('').trimEnd());
      if (this.isFull()) {
        this.endWithEllipsis();
        return;
      }
      start = afterSpace(pieces, end);
      if (start < pieces.length && this.countFitting(pieces, start, width) === pieces.length - start) {
        this.broken.push(pieces.slice(start).join(''));
        return;
      }
    }
  }

  /** How many graphemes from `start` fit into a width. */
  private countFitting(pieces: readonly string[], start: number, width: number): number {
    const fits = (count: number) => this.measure(pieces.slice(start, start + count).join('')) <= width;
    let low = 0;
    let high = pieces.length - start;
    // A line is short: doubling first keeps a long text from being measured whole for every one.
    for (let probe = 64; probe < high; probe *= 2) {
      if (fits(probe)) low = probe;
      else high = probe;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (fits(middle + 1)) low = middle + 1;
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

/** Where to end a line that could reach to `limit`: before a following space or hyphen, else behind the last one. */
function breakBefore(pieces: readonly string[], start: number, limit: number): number {
  const next = pieces[limit];
  if (next === ' ' || next === '-') return limit;
  for (let index = limit - 1; index >= start; index -= 1) {
    if (pieces[index] === ' ' || pieces[index] === '-') return index + 1;
  }
  return limit;
}

function afterSpace(pieces: readonly string[], start: number): number {
  let index = start;
  while (index < pieces.length && pieces[index]?.trim() === '') index += 1;
  return index;
}
