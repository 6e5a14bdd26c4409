import type { DrawingContext } from './surface';

/** The box that a text is laid out in. `null` means unbounded. Lengths are page pixels. */
export interface TextBox {
  readonly width: number | null;
  readonly height: number | null;
  readonly fontSize: number;
  /** Whether the last line that fits ends with an ellipsis. */
  readonly ellipsis: boolean;
}

const ELLIPSIS = '…';
/** Skia loses glyphs, or draws them in wrong places, at distances that a float of 24 bits cannot hold. */
const MAX_RUN_WIDTH = 2 ** 17;
/** Graphemes of a part of a word that is wider than a run. */
const RUN_LENGTH = 16;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Breaks a text into lines like Konva: after a space or a hyphen, within a word only when it is
 * longer than a line. Spaces at a break are dropped. The line height is the font size.
 * @param measure returns the width of a text in page pixels
 */
export function layOutText(text: string, box: TextBox, measure: (text: string) => number): string[] {
  return new TextBreaker(box, measure).breakText(text);
}

class TextBreaker {
  private readonly result: string[] = [];
  private readonly ellipsisWidth: number;

  constructor(
    private readonly box: TextBox,
    private readonly measure: (text: string) => number,
  ) {
    this.ellipsisWidth = box.ellipsis ? measure(ELLIPSIS) : 0;
  }

  breakText(text: string): string[] {
    const paragraphs = text.split('\n');
    for (const [index, paragraph] of paragraphs.entries()) {
      const { width } = this.box;
      if (width !== null && this.measure(paragraph) > width) {
        this.breakParagraph(paragraph, width);
      } else {
        this.result.push(paragraph);
        if (this.isFull() && index < paragraphs.length - 1) this.endWithEllipsis();
      }
      if (this.isFull()) break;
    }
    return this.result;
  }

  /** Whether the box has no room for another line. */
  private isFull(): boolean {
    const { height, fontSize } = this.box;
    return height !== null && (this.result.length + 1) * fontSize > height;
  }

  private breakParagraph(paragraph: string, width: number): void {
    const graphemes = Array.from(segmenter.segment(paragraph), ({ segment }) => segment);
    let start = 0;
    while (start < graphemes.length) {
      // The last line needs room for the ellipsis.
      const available = this.isFull() ? width - this.ellipsisWidth : width;
      const fitting = this.countFitting(graphemes, start, available);
      if (fitting === 0) return;
      const end = findBreak(graphemes, start, start + fitting);
      this.result.push(graphemes.slice(start, end).join('').trimEnd());
      if (this.isFull()) {
        this.endWithEllipsis();
        return;
      }
      start = skipSpaces(graphemes, end);
      if (start < graphemes.length && this.countFitting(graphemes, start, width) === graphemes.length - start) {
        this.result.push(graphemes.slice(start).join(''));
        return;
      }
    }
  }

  /** Counts the graphemes from `start` that fit into a width. */
  private countFitting(graphemes: readonly string[], start: number, width: number): number {
    const fits = (count: number) => this.measure(graphemes.slice(start, start + count).join('')) <= width;
    let low = 0;
    let high = graphemes.length - start;
    // Doubling first avoids measuring the whole of a long text for each of its short lines.
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
    const last = this.result.at(-1);
    if (last === undefined || !this.box.ellipsis) return;
    const { width } = this.box;
    const hasRoom = width === null || this.measure(last + ELLIPSIS) < width;
    this.result[this.result.length - 1] = (hasRoom ? last : last.slice(0, -3)) + ELLIPSIS;
  }
}

/**
 * The end of a line that has room up to `limit`: before a following space or hyphen, otherwise
 * after the last one.
 */
function findBreak(graphemes: readonly string[], start: number, limit: number): number {
  const next = graphemes[limit];
  if (next === ' ' || next === '-') return limit;
  for (let index = limit - 1; index >= start; index -= 1) {
    if (graphemes[index] === ' ' || graphemes[index] === '-') return index + 1;
  }
  return limit;
}

function skipSpaces(graphemes: readonly string[], start: number): number {
  let index = start;
  while (index < graphemes.length && graphemes[index]?.trim() === '') index += 1;
  return index;
}

/**
 * Splits a line into words and spaces. A browser's canvas shapes each of them separately: letters
 * are kerned with each other, but not with a space. All white space is as wide as a space.
 */
function splitIntoWords(line: string): string[] {
  return line
    .replace(/[\t\n\f\r]/g, ' ')
    .split(/( )/)
    .filter((word) => word !== '');
}

/**
 * Creates a function that measures text in one font like a browser's canvas. It measures each word
 * once.
 */
export function createTextMeasure(context: DrawingContext, font: string): (text: string) => number {
  const widths = new Map<string, number>();
  const measureWord = (word: string): number => {
    const width = widths.get(word) ?? context.measureText(word).width;
    widths.set(word, width);
    return width;
  };
  return (text) => {
    context.font = font;
    return splitIntoWords(text).reduce((width, word) => width + measureWord(word), 0);
  };
}

/** Draws a line of text at `x`, `y` in the context's font. */
export function fillLine(context: DrawingContext, line: string, x: number, y: number): void {
  let at = x;
  for (const word of splitIntoWords(line)) {
    const { width } = context.measureText(word);
    if (width > MAX_RUN_WIDTH) {
      at = fillRuns(context, word, at, y);
    } else {
      context.fillText(word, at, y);
      at += width;
    }
  }
}

/** Draws a very wide word in parts, and returns where it ends. */
function fillRuns(context: DrawingContext, word: string, x: number, y: number): number {
  const graphemes = Array.from(segmenter.segment(word), ({ segment }) => segment);
  let at = x;
  for (let start = 0; start < graphemes.length; start += RUN_LENGTH) {
    const run = graphemes.slice(start, start + RUN_LENGTH).join('');
    context.fillText(run, at, y);
    at += context.measureText(run).width;
  }
  return at;
}
