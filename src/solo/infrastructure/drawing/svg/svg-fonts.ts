import { createCanvas } from '@napi-rs/canvas';
import type { Typeface } from '../../../model/board/board';
import { EMOJI_FAMILY, familiesOf, type FontFamily, findFontFile } from '../fonts';
import { FontFile } from './font-file';
import { type KerningPair, subsetFont } from './font-subset';

/** Words of these scripts need no rules of the font but kerning. */
const SIMPLE =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Common}]*$/u;
const MARK = /\p{Mark}|[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u;
/** Their pairs are not kerned. */
const UNKERNED = /[\p{Script=Han}\p{Script=Hangul}]/u;

/** The fonts of this thread: their character maps are read once. */
const files = new Map<FontFamily, FontFile>();

interface Subset {
  /** Code points. */
  readonly characters: Set<number>;
  /** Pairs of characters that follow each other, as texts. */
  readonly pairs: Set<string>;
  /** Whether the font needs its rules for ligatures and marks. */
  hasRules: boolean;
}

/** The characters that one SVG uses of each font. */
export class SvgFonts {
  private readonly subsets = new Map<FontFamily, Subset>();
  private readonly typefaces = new Set<Typeface>();

  /** Records a word that is drawn. */
  use(word: string, typeface: Typeface): void {
    this.typefaces.add(typeface);
    const isSimple = SIMPLE.test(word) && !MARK.test(word);
    let [before, familyBefore]: [string, FontFamily | null] = ['', null];
    for (const character of word) {
      const family = this.findFamily(character, typeface, familyBefore);
      if (family !== null) {
        const subset = this.subsetOf(family);
        subset.characters.add(character.codePointAt(0) ?? 0);
        if (!isSimple) subset.hasRules = true;
        if (family === familyBefore && !UNKERNED.test(character)) subset.pairs.add(before + character);
      }
      [before, familyBefore] = [character, family];
    }
  }

  /** Whether the first character of a text is drawn with the font of emoji. */
  isEmoji(text: string, typeface: Typeface): boolean {
    const code = text.codePointAt(0) ?? 0;
    return familiesOf(typeface).find((family) => fileOf(family).glyphOf(code) !== 0) === EMOJI_FAMILY;
  }

  /** The style sheet with the used parts of the fonts. */
  *styleSheet(): Generator<string, void> {
    if (this.typefaces.size === 0) return;
    yield 'text{white-space:pre;text-rendering:geometricPrecision;font-kerning:normal}';
    for (const typeface of this.typefaces) {
      const families = familiesOf(typeface).filter((family) => this.subsets.has(family));
      yield `.${typeface}{font-family:${[...families.map((family) => `'${family}'`), 'sans-serif'].join()}}`;
    }
    for (const [family, { characters, pairs, hasRules }] of this.subsets) {
      const file = fileOf(family);
      const kerning = hasRules ? [] : measureKerning(pairs, family, file);
      const woff = subsetFont(file, { characters, kerning, hasRules });
      yield `@font-face{font-family:'${family}';src:url(data:font/woff;base64,${woff.toString('base64')})}`;
    }
  }

  /** Marks belong to the font of their base, if it has them. */
  private findFamily(character: string, typeface: Typeface, before: FontFamily | null): FontFamily | null {
    const code = character.codePointAt(0) ?? 0;
    if (before !== null && MARK.test(character) && fileOf(before).glyphOf(code) !== 0) return before;
    const family = familiesOf(typeface).find((each) => fileOf(each).glyphOf(code) !== 0);
    return family === undefined || family === EMOJI_FAMILY ? null : family;
  }

  private subsetOf(family: FontFamily): Subset {
    const subset = this.subsets.get(family) ?? { characters: new Set(), pairs: new Set(), hasRules: false };
    this.subsets.set(family, subset);
    return subset;
  }
}

function fileOf(family: FontFamily): FontFile {
  const file = files.get(family) ?? new FontFile(findFontFile(family));
  files.set(family, file);
  return file;
}

/** The kerning of pairs in units of the font, as Skia applies it. */
function measureKerning(pairs: Iterable<string>, family: FontFamily, file: FontFile): KerningPair[] {
  const context = createCanvas(1, 1).getContext('2d');
  context.font = `${file.unitsPerEm}px "${family}"`;
  const widths = new Map<string, number>();
  const widthOf = (character: string) => {
    const width = widths.get(character) ?? context.measureText(character).width;
    widths.set(character, width);
    return width;
  };
  return [...pairs].flatMap((pair): KerningPair[] => {
    const [left = '', right = ''] = pair;
    const value = Math.round(context.measureText(pair).width - widthOf(left) - widthOf(right));
    const [leftGlyph, rightGlyph] = [left, right].map((each) => file.glyphOf(each.codePointAt(0) ?? 0));
    return value === 0 ? [] : [{ left: leftGlyph ?? 0, right: rightGlyph ?? 0, value }];
  });
}
