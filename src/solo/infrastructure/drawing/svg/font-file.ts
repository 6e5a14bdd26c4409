import { closeSync, openSync, readSync } from 'node:fs';

const TABLE_RECORD_BYTES = 16;
const SMALL_CHARACTERS = 0x10000;

interface Range {
  readonly offset: number;
  readonly length: number;
}

/** Code points `first` to `last`, whose glyphs follow each other. */
interface Group {
  readonly first: number;
  readonly last: number;
  readonly glyph: number;
}

/**
 * A TrueType file, of which only what is needed is read: the ideographic fonts have 10 MB.
 * @see https://learn.microsoft.com/typography/opentype/spec/otff
 */
export class FontFile {
  readonly unitsPerEm: number;
  readonly glyphCount: number;
  readonly signature: number;
  private readonly tables = new Map<string, Range>();
  private readonly groups: readonly Group[];

  constructor(private readonly path: string) {
    const header = this.read({ offset: 0, length: 12 });
    this.signature = header.readUInt32BE(0);
    const records = this.read({ offset: 12, length: header.readUInt16BE(4) * TABLE_RECORD_BYTES });
    for (let at = 0; at < records.length; at += TABLE_RECORD_BYTES) {
      const tag = records.toString('latin1', at, at + 4);
      this.tables.set(tag, { offset: records.readUInt32BE(at + 8), length: records.readUInt32BE(at + 12) });
    }
    this.unitsPerEm = this.table('head').readUInt16BE(18);
    this.glyphCount = this.table('maxp').readUInt16BE(4);
    this.groups = readCharacterMap(this.table('cmap'));
  }

  has(tag: string): boolean {
    return this.tables.has(tag);
  }

  /** @throws Error when the font has no such table */
  table(tag: string): Buffer {
    return this.read(this.rangeOf(tag));
  }

  /** A part of a table. */
  slice(tag: string, start: number, end: number): Buffer {
    return this.read({ offset: this.rangeOf(tag).offset + start, length: end - start });
  }

  /** The glyph of a code point, or 0. */
  glyphOf(code: number): number {
    let [low, high] = [0, this.groups.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const group = this.groups[middle];
      if (group !== undefined && group.last < code) low = middle + 1;
      else high = middle;
    }
    const group = this.groups[low];
    return group !== undefined && group.first <= code ? group.glyph + code - group.first : 0;
  }

  private rangeOf(tag: string): Range {
    const range = this.tables.get(tag);
    if (range === undefined) throw new Error(`The font ${this.path} has no ${tag} table`);
    return range;
  }

  private read({ offset, length }: Range): Buffer {
    const bytes = Buffer.alloc(length);
    const file = openSync(this.path, 'r');
    try {
      readSync(file, bytes, 0, length, offset);
    } finally {
      closeSync(file);
    }
    return bytes;
  }
}

/** The groups of the largest map, by code point. */
function readCharacterMap(cmap: Buffer): Group[] {
  const maps = Array.from({ length: cmap.readUInt16BE(2) }, (_, index) => cmap.readUInt32BE(4 + index * 8 + 4));
  const find = (format: number) => maps.find((offset) => cmap.readUInt16BE(offset) === format);
  const [full, basic] = [find(12), find(4)];
  if (full !== undefined) return readFullMap(cmap.subarray(full));
  if (basic !== undefined) return readBasicMap(cmap.subarray(basic));
  throw new Error('The font has no character map of format 4 or 12');
}

function readFullMap(map: Buffer): Group[] {
  return Array.from({ length: map.readUInt32BE(12) }, (_, index) => {
    const [first, last, glyph] = [0, 4, 8].map((field) => map.readUInt32BE(16 + index * 12 + field));
    return { first: first ?? 0, last: last ?? 0, glyph: glyph ?? 0 };
  });
}

function readBasicMap(map: Buffer): Group[] {
  const size = map.readUInt16BE(6);
  const groups: Group[] = [];
  for (let segment = 0; segment < size; segment += 2) {
    const [last, first] = [map.readUInt16BE(14 + segment), map.readUInt16BE(16 + size + segment)];
    const delta = map.readUInt16BE(16 + 2 * size + segment);
    const rangeAt = 16 + 3 * size + segment;
    const range = map.readUInt16BE(rangeAt);
    for (let code = first; code <= last && code < 0xffff; code += 1) {
      const listed = range === 0 ? code : map.readUInt16BE(rangeAt + range + 2 * (code - first));
      const glyph = range !== 0 && listed === 0 ? 0 : (listed + delta) % SMALL_CHARACTERS;
      if (glyph !== 0) groups.push({ first: code, last: code, glyph });
    }
  }
  return groups;
}
