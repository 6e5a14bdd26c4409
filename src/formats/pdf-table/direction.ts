import bidiFactory from 'bidi-js';

const bidi = bidiFactory();

const RIGHT_TO_LEFT_SCRIPTS =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
/** Without these, every character of a text is of level 0. */
const TURNING =
  /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const RIGHT_TO_LEFT_LANGUAGES = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'iw', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** Whether a language is written from right to left. @param language BCP 47 */
export function isRightToLeft(language: string): boolean {
  return RIGHT_TO_LEFT_LANGUAGES.has(language.toLowerCase().split(/[-_]/)[0] ?? '');
}

/**
 * Where a text begins: its first letter says. Signs and digits alone begin on the left, whatever is around them: turned
 * round, `-5` would be `5-`, and a telephone number another one.
 */
export function beginningOf(text: string): { readonly rightToLeft: boolean; readonly hasLetters: boolean } {
  const letter = /[\p{L}\u200e\u200f]/u.exec(text)?.[0];
  const rightToLeft = letter !== undefined && (letter === '\u200f' || RIGHT_TO_LEFT_SCRIPTS.test(letter));
  return { rightToLeft, hasLetters: letter !== undefined };
}

/** For each UTF-16 unit of a paragraph its level: odd ones run from right to left. @see https://unicode.org/reports/tr9 */
export function levelsOf(paragraph: string, rightToLeft: boolean): Uint8Array {
  if (!rightToLeft && !TURNING.test(paragraph)) return new Uint8Array(paragraph.length);
  return bidi.getEmbeddingLevels(paragraph, rightToLeft ? 'rtl' : 'ltr').levels;
}

/** The runs of one line in the order in which they stand, from the left (rule L2). */
export function inVisualOrder<Run extends { readonly level: number }>(runs: readonly Run[]): Run[] {
  const levels = runs.map(({ level }) => level);
  const ordered = [...runs];
  const leastOdd = Math.min(...levels.filter((level) => level % 2 === 1));
  for (let level = Math.max(0, ...levels); level >= leastOdd; level -= 1) reverseStretches(ordered, level);
  return ordered;
}

function reverseStretches(runs: { readonly level: number }[], level: number): void {
  let start = 0;
  while (start < runs.length) {
    let end = start;
    while ((runs[end]?.level ?? -1) >= level) end += 1;
    if (end > start + 1) runs.splice(start, end - start, ...runs.slice(start, end).reverse());
    start = Math.max(end, start + 1);
  }
}

/** Brackets turned round, as right-to-left text shows them. */
export function mirrored(text: string): string {
  return text.replace(/[^\p{L}\p{N}\s]/gu, (character) => bidi.getMirroredCharacter(character) ?? character);
}
