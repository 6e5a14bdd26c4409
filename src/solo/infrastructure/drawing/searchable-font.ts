/** CJK radicals and compatibility ideographs: doubles of ideographs that are written with the same glyph. */
const DOUBLES = /[\u2e80-\u2fdf\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

const TABLE_RECORD_BYTES = 16;
const GROUP_BYTES = 12;

/** The text with every double replaced by the ideograph that it looks like. */
export function withoutDoubles(text: string): string {
  return text.replace(DOUBLES, (double) => double.normalize('NFKC'));
}

/**
 * The font without the code points of doubles. A PDF tells for each glyph one character, and Skia takes the lowest code
 * point that has it: the word 白板 would be found only by who searches for the radical ⽩.
 * @param font a TrueType file with a character map of format 12
 * @see https://learn.microsoft.com/typography/opentype/spec/cmap
 */
export function searchableFont(font: Buffer): Buffer {
  const record = tableRecord(font, 'cmap');
  const cmap = characterMap(mappings(font, font.readUInt32BE(record + 8)).filter(([code]) => !isDouble(code)));
  const changed = Buffer.concat([font, cmap]);
  changed.writeUInt32BE(font.length, record + 8);
  changed.writeUInt32BE(cmap.length, record + 12);
  return changed;
}

function isDouble(code: number): boolean {
  const character = String.fromCodePoint(code);
  return withoutDoubles(character) !== character;
}

/** Where the directory tells of a table: its tag, checksum, offset and length. */
function tableRecord(font: Buffer, tag: string): number {
  for (let index = 0; index < font.readUInt16BE(4); index += 1) {
    const record = 12 + index * TABLE_RECORD_BYTES;
    if (font.toString('latin1', record, record + 4) === tag) return record;
  }
  throw new Error(`The font has no ${tag} table`);
}

/** The pairs of code point and glyph of the map that covers all of Unicode, in ascending order. */
function mappings(font: Buffer, cmap: number): [number, number][] {
  const pairs: [number, number][] = [];
  const table = cmap + fullMap(font, cmap);
  for (let index = 0; index < font.readUInt32BE(table + 12); index += 1) {
    const group = table + 16 + index * GROUP_BYTES;
    const [first, last, glyph] = [0, 4, 8].map((offset) => font.readUInt32BE(group + offset)) as [
      number,
      number,
      number,
    ];
    for (let code = first; code <= last; code += 1) pairs.push([code, glyph + code - first]);
  }
  return pairs;
}

function fullMap(font: Buffer, cmap: number): number {
  for (let index = 0; index < font.readUInt16BE(cmap + 2); index += 1) {
    const offset = font.readUInt32BE(cmap + 4 + index * 8 + 4);
    if (font.readUInt16BE(cmap + offset) === 12) return offset;
  }
  throw new Error('The font has no character map of format 12');
}

/** A character map table with one map, of format 12. */
function characterMap(pairs: readonly [number, number][]): Buffer {
  const groups: { first: number; last: number; glyph: number }[] = [];
  for (const [code, glyph] of pairs) {
    const current = groups.at(-1);
    if (current && code === current.last + 1 && glyph === current.glyph + code - current.first) current.last = code;
    else groups.push({ first: code, last: code, glyph });
  }
  const header = Buffer.alloc(12);
  // Version 0, one map: of platform Windows, for all of Unicode, right after this header.
  [0, 1, 3, 10].forEach((value, index) => header.writeUInt16BE(value, index * 2));
  header.writeUInt32BE(header.length, 8);
  const map = Buffer.alloc(16 + groups.length * GROUP_BYTES);
  map.writeUInt16BE(12, 0);
  map.writeUInt32BE(map.length, 4);
  map.writeUInt32BE(groups.length, 12);
  groups.forEach(({ first, last, glyph }, index) => {
    [first, last, glyph].forEach((value, field) => map.writeUInt32BE(value, 16 + index * GROUP_BYTES + field * 4));
  });
  return Buffer.concat([header, map]);
}
