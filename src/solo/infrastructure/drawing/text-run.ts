import type { SKRSContext2D } from '@napi-rs/canvas';

/**
 * The words and spaces of a line, each of which a browser's canvas sets on its own: letters are kerned with each other,
 * never with a space. Any white space is as wide as a space.
 */
function wordsOf(line: string): string[] {
  return line
    .replace(/[\t\n\f\r]/g, ' ')
    .split(/( )/)
    .filter((word) => word !== '');
}

/** Measures text in one font as a browser's canvas does; each word is measured once. */
export function textMeasure(context: SKRSContext2D, font: string): (text: string) => number {
  const known = new Map<string, number>();
  const measureWord = (word: string): number => {
    const width = known.get(word) ?? context.measureText(word).width;
    known.set(word, width);
    return width;
  };
  return (text) => {
    context.font = font;
    return wordsOf(text).reduce((width, word) => width + measureWord(word), 0);
  };
}

/** Writes a line from `x`, `y` on in the context's font. */
export function fillLine(context: SKRSContext2D, line: string, x: number, y: number): void {
  let at = x;
  for (const word of wordsOf(line)) {
    context.fillText(word, at, y);
    at += context.measureText(word).width;
  }
}
