/** Features that a browser applies without a request of the page. */
const DEFAULT_FEATURES = new Set(
  (
    'abvs akhn blwf blws calt ccmp cfar cjct clig fin2 fin3 fina half haln init isol liga ljmo locl med2 medi nukt pref ' +
    'pres pstf psts rclt rkrf rlig rphf tjmo vatu vjmo'
  ).split(' '),
);

/**
 * Adds the glyphs that substitutions may lead to. It adds more than a text needs, as it does not look at contexts.
 * @param gsub the table of substitutions
 * @see https://learn.microsoft.com/typography/opentype/spec/gsub
 */
export function collectSubstitutes(gsub: Buffer, glyphs: Set<number>): void {
  const subtables = findSubtables(gsub);
  let size: number;
  do {
    size = glyphs.size;
    for (const { type, at } of subtables) {
      if (type === 1) addSingles(gsub, at, glyphs);
      else if (type === 2 || type === 3) addLists(gsub, at, glyphs);
      else if (type === 4) addLigatures(gsub, at, glyphs);
    }
  } while (glyphs.size > size);
}

/** The subtables of lookups that default features use, or that contexts may use. */
function findSubtables(gsub: Buffer): { type: number; at: number }[] {
  const features = gsub.readUInt16BE(6);
  const [byDefault, byFeature] = [new Set<number>(), new Set<number>()];
  for (let index = 0; index < gsub.readUInt16BE(features); index += 1) {
    const record = features + 2 + index * 6;
    const isDefault = DEFAULT_FEATURES.has(gsub.toString('latin1', record, record + 4));
    for (const lookup of readArray(gsub, features + gsub.readUInt16BE(record + 4) + 2)) {
      byFeature.add(lookup);
      if (isDefault) byDefault.add(lookup);
    }
  }
  const lookups = gsub.readUInt16BE(8);
  return readArray(gsub, lookups).flatMap((offset, index) => {
    if (byFeature.has(index) && !byDefault.has(index)) return [];
    const lookup = lookups + offset;
    const type = gsub.readUInt16BE(lookup);
    return readArray(gsub, lookup + 4).map((subtable) => {
      const at = lookup + subtable;
      // An extension names the real type, and has a longer offset.
      return type === 7 ? { type: gsub.readUInt16BE(at + 2), at: at + gsub.readUInt32BE(at + 4) } : { type, at };
    });
  });
}

function addSingles(gsub: Buffer, at: number, glyphs: Set<number>): void {
  const covered = readCoverage(gsub, at + gsub.readUInt16BE(at + 2));
  const substitutes = gsub.readUInt16BE(at) === 1 ? null : readArray(gsub, at + 4);
  covered.forEach((glyph, index) => {
    if (!glyphs.has(glyph)) return;
    const substitute = substitutes ? substitutes[index] : (glyph + gsub.readInt16BE(at + 4)) & 0xffff;
    if (substitute !== undefined) glyphs.add(substitute);
  });
}

/** Sequences or alternates of one glyph: both have the same form. */
function addLists(gsub: Buffer, at: number, glyphs: Set<number>): void {
  const covered = readCoverage(gsub, at + gsub.readUInt16BE(at + 2));
  readArray(gsub, at + 4).forEach((list, index) => {
    if (!glyphs.has(covered[index] ?? -1)) return;
    for (const glyph of readArray(gsub, at + list)) glyphs.add(glyph);
  });
}

function addLigatures(gsub: Buffer, at: number, glyphs: Set<number>): void {
  const covered = readCoverage(gsub, at + gsub.readUInt16BE(at + 2));
  readArray(gsub, at + 4).forEach((set, index) => {
    if (!glyphs.has(covered[index] ?? -1)) return;
    for (const offset of readArray(gsub, at + set)) {
      const ligature = at + set + offset;
      // The first component is the covered glyph.
      const others = gsub.readUInt16BE(ligature + 2) - 1;
      const components = Array.from({ length: others }, (_, i) => gsub.readUInt16BE(ligature + 4 + i * 2));
      if (components.every((glyph) => glyphs.has(glyph))) glyphs.add(gsub.readUInt16BE(ligature));
    }
  });
}

/** The glyphs of a coverage table, in its order. */
function readCoverage(gsub: Buffer, at: number): number[] {
  if (gsub.readUInt16BE(at) === 1) return readArray(gsub, at + 2);
  const glyphs: number[] = [];
  for (let index = 0; index < gsub.readUInt16BE(at + 2); index += 1) {
    const record = at + 4 + index * 6;
    const last = gsub.readUInt16BE(record + 2);
    for (let glyph = gsub.readUInt16BE(record); glyph <= last; glyph += 1) glyphs.push(glyph);
  }
  return glyphs;
}

/** An array of 16-bit numbers, after its length. */
function readArray(gsub: Buffer, at: number): number[] {
  return Array.from({ length: gsub.readUInt16BE(at) }, (_, index) => gsub.readUInt16BE(at + 2 + index * 2));
}
