/**
 * Letters that every edition of XML 1.0 lets a name begin with. Readers by the fourth edition, expat among them, know
 * fewer than those by the fifth.
 */
const LETTERS =
  'A-Za-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u0131\\u0134-\\u013E\\u0141-\\u0148\\u014A-\\u017E' +
  '\\u0388-\\u038A\\u038E-\\u03A1\\u03A3-\\u03CE\\u0401-\\u040C\\u040E-\\u044F\\u0451-\\u045C\\u045E-\\u0481' +
  '\\u05D0-\\u05EA\\u0621-\\u063A\\u0641-\\u064A\\u3041-\\u3094\\u30A1-\\u30FA\\u4E00-\\u9FA5\\uAC00-\\uD7A3';

// What begins an escape, and what XML keeps for itself, count as unfit where they stand.
const UNFIT_FIRST = new RegExp(`^(?:_(?=x)|[xX](?=[mM][lL])|[^${LETTERS}_])`, 'u');
const UNFIT = new RegExp(`_(?=x)|[^${LETTERS}0-9_.-]`, 'gu');

/**
 * The name of an element that stands for a name of any characters, after SQL/XML: whatever XML does not take becomes
 * `_xHHHH_`, its code in hexadecimal digits, and so does the underscore of an `_x` that was there. No two names meet.
 */
export function xmlName(name: string): string {
  const rest = name.replace(UNFIT_FIRST, '');
  const first = name.slice(0, name.length - rest.length);
  return escaped(first) + rest.replaceAll(UNFIT, escaped);
}

function escaped(characters: string): string {
  return Array.from(characters, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return `_x${code.padStart(4, '0')}_`;
  }).join('');
}
