/** The most of a text that is printed; a page holds some four thousand characters. */
export const MAX_TEXT_LENGTH = 2_000;
const MAX_COMBINING_MARKS = 8;
const ELLIPSIS = '…';

const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;
const EMPTY_LINES = /\n(?:[ ]*\n){2,}/g;
const CONTROLS = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\ufff9-\ufffb]/g;
const HEAPED_MARKS = new RegExp(`(\\p{M}{${MAX_COMBINING_MARKS}})\\p{M}+`, 'gu');

/**
 * A text as paper can show it: well-formed, composed, with `\n` for all that ends a line and blanks for tabs, without
 * control characters, and cut where it is longer than `longest` UTF-16 units.
 * @returns whether something of it was left out
 */
export function printable(text: string, longest = MAX_TEXT_LENGTH): { readonly text: string; readonly cut: boolean } {
  const beginning = text.slice(0, longest + 1).toWellFormed();
  const clean = beginning
    .replace(LINE_ENDS, '\n')
    .replace(/\t/g, ' ')
    .replace(CONTROLS, '')
    .normalize('NFC')
    .replace(EMPTY_LINES, '\n\n');
  const light = clean.replace(HEAPED_MARKS, '$1');
  const cut = text.length > longest;
  const shown = cut
    ? `${light
        .slice(0, longest - 1)
        .toWellFormed()
        .trimEnd()}${ELLIPSIS}`
    : light.trimEnd();
  return { text: shown, cut: cut || light !== clean };
}
