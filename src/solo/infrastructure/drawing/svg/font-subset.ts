import { deflateSync } from 'node:zlib';
import type { FontFile } from './font-file';
import { collectSubstitutes } from './glyph-substitution';

/** The difference from the advance of the left glyph, in units of the font. */
export interface KerningPair {
  readonly left: number;
  readonly right: number;
  readonly value: number;
}

export interface FontUse {
  /** Code points. */
  readonly characters: ReadonlySet<number>;
  readonly kerning: readonly KerningPair[];
  /** Whether the font keeps its rules for ligatures, marks and kerning, and all glyphs that they lead to. */
  readonly hasRules: boolean;
}

const COPIED = ['OS/2', 'gasp', 'hhea', 'maxp', 'name', 'prep'];
const RULES = ['GDEF', 'GPOS', 'GSUB'];
const MAX_KERNING_PAIRS = 10_000;

/** Flags of a component of a composite glyph. */
const COMPONENT = { words: 1, scale: 8, more: 32, scales: 64, matrix: 128 };

/**
 * Writes the used part of a TrueType font as WOFF. Glyphs keep their numbers; the outlines and widths of others are left out,
 * and hardly take space once they are compressed.
 * @see https://www.w3.org/TR/WOFF/
 */
export function subsetFont(file: FontFile, { characters, kerning, hasRules }: FontUse): Buffer {
  const mapped = [...characters].map((code): [number, number] => [code, file.glyphOf(code)]);
  const glyphs = new Set([0, ...mapped.map(([, glyph]) => glyph)]);
  if (hasRules && file.has('GSUB')) collectSubstitutes(file.table('GSUB'), glyphs);
  const outlines = copyOutlines(file, glyphs);
  const tables = new Map<string, Buffer>([
    ['cmap', writeCharacterMap(mapped.sort(([a], [b]) => a - b))],
    ['glyf', outlines.glyf],
    ['head', longOffsets(file.table('head'))],
    ['hmtx', copyWidths(file, glyphs)],
    ['loca', outlines.loca],
    ['post', withoutNames(file.table('post'))],
  ]);
  for (const tag of hasRules ? [...COPIED, ...RULES] : COPIED) {
    if (file.has(tag)) tables.set(tag, file.table(tag));
  }
  if (kerning.length > 0) tables.set('kern', writeKerning(kerning));
  return writeWoff(file.signature, tables);
}

/** Copies the outlines of glyphs, and of the components that they are made of. */
function copyOutlines(file: FontFile, glyphs: Set<number>): { glyf: Buffer; loca: Buffer } {
  const isLong = file.table('head').readInt16BE(50) === 1;
  const offsets = file.table('loca');
  const offsetOf = (glyph: number) => (isLong ? offsets.readUInt32BE(glyph * 4) : offsets.readUInt16BE(glyph * 2) * 2);
  const found = new Map<number, Buffer>();
  // The set grows while it is read.
  for (const glyph of glyphs) {
    if (glyph >= file.glyphCount) continue;
    const outline = file.slice('glyf', offsetOf(glyph), offsetOf(glyph + 1));
    found.set(glyph, outline);
    for (const component of componentsOf(outline)) glyphs.add(component);
  }
  const loca = Buffer.alloc((file.glyphCount + 1) * 4);
  const parts: Buffer[] = [];
  let end = 0;
  for (let glyph = 0; glyph < file.glyphCount; glyph += 1) {
    loca.writeUInt32BE(end, glyph * 4);
    const outline = found.get(glyph);
    if (outline === undefined) continue;
    parts.push(padded(outline));
    end += padded(outline).length;
  }
  loca.writeUInt32BE(end, file.glyphCount * 4);
  return { glyf: Buffer.concat(parts), loca };
}

function componentsOf(outline: Buffer): number[] {
  if (outline.length < 10 || outline.readInt16BE(0) >= 0) return [];
  const components: number[] = [];
  let [at, flags] = [10, COMPONENT.more];
  while ((flags & COMPONENT.more) !== 0) {
    flags = outline.readUInt16BE(at);
    components.push(outline.readUInt16BE(at + 2));
    at += 4 + ((flags & COMPONENT.words) !== 0 ? 4 : 2);
    if ((flags & COMPONENT.scale) !== 0) at += 2;
    else if ((flags & COMPONENT.scales) !== 0) at += 4;
    else if ((flags & COMPONENT.matrix) !== 0) at += 8;
  }
  return components;
}

/** Widths have four bytes each; after the last of them, the width is that of the last one. */
function copyWidths(file: FontFile, glyphs: ReadonlySet<number>): Buffer {
  const widths = file.table('hmtx');
  const count = file.table('hhea').readUInt16BE(34);
  const copied = Buffer.alloc(widths.length);
  for (const glyph of glyphs) {
    const [from, to] =
      glyph < count
        ? [glyph * 4, glyph * 4 + 4]
        : [count * 4 + (glyph - count) * 2, count * 4 + (glyph - count) * 2 + 2];
    widths.copy(copied, from, from, to);
    if (glyph >= count) widths.copy(copied, count * 4 - 4, count * 4 - 4, count * 4);
  }
  return copied;
}

function longOffsets(head: Buffer): Buffer {
  head.writeInt16BE(1, 50);
  return head;
}

function withoutNames(post: Buffer): Buffer {
  const short = Buffer.from(post.subarray(0, 32));
  short.writeUInt32BE(0x00030000, 0);
  return short;
}

/** A map of format 12 for all of Unicode. */
function writeCharacterMap(pairs: readonly (readonly [number, number])[]): Buffer {
  const cmap = Buffer.alloc(28 + pairs.length * 12);
  [0, 1, 3, 10].forEach((value, index) => cmap.writeUInt16BE(value, index * 2));
  cmap.writeUInt32BE(12, 8);
  cmap.writeUInt16BE(12, 12);
  cmap.writeUInt32BE(16 + pairs.length * 12, 16);
  cmap.writeUInt32BE(pairs.length, 24);
  pairs.forEach(([code, glyph], index) => {
    [code, code, glyph].forEach((value, field) => cmap.writeUInt32BE(value, 28 + index * 12 + field * 4));
  });
  return cmap;
}

/** One horizontal table of pairs. */
function writeKerning(all: readonly KerningPair[]): Buffer {
  const pairs = all
    .toSorted((one, other) => one.left - other.left || one.right - other.right)
    .slice(0, MAX_KERNING_PAIRS);
  const kern = Buffer.alloc(18 + pairs.length * 6);
  const steps = Math.floor(Math.log2(pairs.length));
  const range = 2 ** steps * 6;
  [0, 1, 0, kern.length - 4, 1, pairs.length, range, steps, pairs.length * 6 - range].forEach((value, index) =>
    kern.writeUInt16BE(value, index * 2),
  );
  pairs.forEach(({ left, right, value }, index) => {
    kern.writeUInt16BE(left, 18 + index * 6);
    kern.writeUInt16BE(right, 20 + index * 6);
    kern.writeInt16BE(value, 22 + index * 6);
  });
  return kern;
}

function writeWoff(signature: number, tables: ReadonlyMap<string, Buffer>): Buffer {
  const tags = [...tables.keys()].sort();
  const directory = Buffer.alloc(44 + tags.length * 20);
  const bodies: Buffer[] = [];
  let [offset, fontSize] = [directory.length, 12 + tags.length * 16];
  tags.forEach((tag, index) => {
    const table = tables.get(tag) ?? Buffer.alloc(0);
    const deflated = deflateSync(table, { level: 9 });
    const body = deflated.length < table.length ? deflated : table;
    directory.write(tag, 44 + index * 20, 'latin1');
    [offset, body.length, table.length, checksum(table)].forEach((value, field) =>
      directory.writeUInt32BE(value, 44 + index * 20 + 4 + field * 4),
    );
    bodies.push(padded(body));
    offset += padded(body).length;
    fontSize += padded(table).length;
  });
  directory.write('wOFF', 0, 'latin1');
  directory.writeUInt32BE(signature, 4);
  directory.writeUInt32BE(offset, 8);
  directory.writeUInt16BE(tags.length, 12);
  directory.writeUInt32BE(fontSize, 16);
  directory.writeUInt16BE(1, 20);
  return Buffer.concat([directory, ...bodies]);
}

function checksum(table: Buffer): number {
  const words = padded(table);
  let sum = 0;
  for (let at = 0; at < words.length; at += 4) sum = (sum + words.readUInt32BE(at)) >>> 0;
  return sum;
}

/** To a multiple of four bytes. */
function padded(bytes: Buffer): Buffer {
  const missing = -bytes.length & 3;
  return missing === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(missing)]);
}
