import bidiFactory from 'bidi-js';

const bidi = bidiFactory();

const RIGHT_TO_LEFT_SCRIPTS =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
/** A text without any of these has only level 0. */
const BIDIRECTIONAL =
  /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * The base direction of a text: that of its first letter. Signs and digits alone are left-to-right, whatever is around
 * them: reversed, `-5` would be `5-`, and a telephone number a different one.
 */
export function findBaseDirection(text: string): { readonly rightToLeft: boolean; readonly hasLetters: boolean } {
  const letter = /[\p{L}\u200e\u200f]/u.exec(text)?.[0];
  const rightToLeft = letter !== undefined && (letter === '\u200f' || RIGHT_TO_LEFT_SCRIPTS.test(letter));
  return { rightToLeft, hasLetters: letter !== undefined };
}

/** The embedding level of each UTF-16 unit of a paragraph; odd levels are right-to-left. @see https://unicode.org/reports/tr9 */
export function toLevels(paragraph: string, rightToLeft: boolean): Uint8Array {
  if (!rightToLeft && !BIDIRECTIONAL.test(paragraph)) return new Uint8Array(paragraph.length);
  return bidi.getEmbeddingLevels(paragraph, rightToLeft ? 'rtl' : 'ltr').levels;
}

/** The runs of one line in visual order, from the left (rule L2). */
export function toVisualOrder<Run extends { readonly level: number }>(runs: readonly Run[]): Run[] {
  const levels = runs.map(({ level }) => level);
  const ordered = [...runs];
  const lowestOdd = Math.min(...levels.filter((level) => level % 2 === 1));
  for (let level = Math.max(0, ...levels); level >= lowestOdd; level -= 1) reverseFrom(ordered, level);
  return ordered;
}

/** Reverses every sequence of runs whose levels are at least this one. */
function reverseFrom(runs: { readonly level: number }[], level: number): void {
  let start = 0;
  while (start < runs.length) {
    let end = start;
    while ((runs[end]?.level ?? -1) >= level) end += 1;
    if (end > start + 1) runs.splice(start, end - start, ...runs.slice(start, end).reverse());
    start = Math.max(end, start + 1);
  }
}

/** The text with mirrored brackets, as right-to-left text shows them. */
export function mirrorBrackets(text: string): string {
  return text.replace(/[^\p{L}\p{N}\s]/gu, (character) => bidi.getMirroredCharacter(character) ?? character);
}
