/** CJK radicals and compatibility ideographs, which share their glyphs with unified ideographs. */
const LOOKALIKES = /[\u2e80-\u2fdf\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

const TABLE_RECORD_BYTES = 16;
const GROUP_BYTES = 12;

/** Replaces radicals and compatibility ideographs by the unified ideographs that look the same. */
export function unifyIdeographs(text: string): string {
  return text.replace(LOOKALIKES, (character) => character.normalize('NFKC'));
}

/**
 * Removes the code points of look-alikes from a font. A PDF maps each glyph to one character, and
 * Skia chooses the lowest code point: a search for 白板 would not find it, because its first glyph
 * would map to the radical ⽩.
 * @param font a TrueType file with a character map of format 12
 * @see https://learn.microsoft.com/typography/opentype/spec/cmap
 */
export function searchableFont(font: Buffer): Buffer {
  const record = findTableRecord(font, 'cmap');
  const cmap = writeCharacterMap(
    readMappings(font, font.readUInt32BE(record + 8)).filter(([code]) => !isLookalike(code)),
  );
  const changed = Buffer.concat([font, cmap]);
  changed.writeUInt32BE(font.length, record + 8);
  changed.writeUInt32BE(cmap.length, record + 12);
  return changed;
}

function isLookalike(code: number): boolean {
  const character = String.fromCodePoint(code);
  return unifyIdeographs(character) !== character;
}

/** The offset of a table's record in the directory: its tag, checksum, offset and length. */
function findTableRecord(font: Buffer, tag: string): number {
  for (let index = 0; index < font.readUInt16BE(4); index += 1) {
    const record = 12 + index * TABLE_RECORD_BYTES;
    if (font.toString('latin1', record, record + 4) === tag) return record;
  }
  throw new Error(`The font has no ${tag} table`);
}

/** The pairs of code point and glyph of the full Unicode map, in ascending order. */
function readMappings(font: Buffer, cmap: number): [number, number][] {
  const pairs: [number, number][] = [];
  const table = cmap + findFullMap(font, cmap);
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

function findFullMap(font: Buffer, cmap: number): number {
  for (let index = 0; index < font.readUInt16BE(cmap + 2); index += 1) {
    const offset = font.readUInt32BE(cmap + 4 + index * 8 + 4);
    if (font.readUInt16BE(cmap + offset) === 12) return offset;
  }
  throw new Error('The font has no character map of format 12');
}

/** Writes a character map table with one map of format 12. */
function writeCharacterMap(pairs: readonly [number, number][]): Buffer {
  const groups: { first: number; last: number; glyph: number }[] = [];
  for (const [code, glyph] of pairs) {
    const current = groups.at(-1);
    if (current && code === current.last + 1 && glyph === current.glyph + code - current.first) current.last = code;
    else groups.push({ first: code, last: code, glyph });
  }
  const header = Buffer.alloc(12);
  // Version 0 with one map, for Windows and all of Unicode, directly after this header.
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
