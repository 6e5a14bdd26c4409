import { GlobalFonts } from '@napi-rs/canvas';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Typeface } from '../../model/board/board';
import { searchableFont } from './searchable-font';

/**
 * The packages of the shipped fonts by family name. The installation keeps only the weights that
 * are named here.
 */
const FONTS = {
  Arimo: '@expo-google-fonts/arimo/400Regular',
  'Noto Sans': '@expo-google-fonts/noto-sans/400Regular',
  'Noto Sans SC': '@expo-google-fonts/noto-sans-sc/400Regular',
  'Noto Sans KR': '@expo-google-fonts/noto-sans-kr/400Regular',
  'Noto Color Emoji': '@expo-google-fonts/noto-color-emoji/400Regular',
} as const;

export type FontFamily = keyof typeof FONTS;

export const EMOJI_FAMILY = 'Noto Color Emoji' satisfies FontFamily;

/** Fonts whose look-alikes of ideographs are removed. */
const IDEOGRAPHIC: ReadonlySet<string> = new Set(['Noto Sans SC', 'Noto Sans KR']);

/**
 * A character is drawn with the first family that has it. There is no further fallback: it would be
 * a system font, and pictures must not depend on the machine. Arimo has the metrics of Arial.
 */
const FAMILIES: Readonly<Record<Typeface, readonly FontFamily[]>> = {
  arial: ['Arimo', 'Noto Sans', 'Noto Sans SC', 'Noto Sans KR', EMOJI_FAMILY],
  system: ['Noto Sans', 'Arimo', 'Noto Sans SC', 'Noto Sans KR', EMOJI_FAMILY],
};

const CSS_FAMILIES: Readonly<Record<Typeface, string>> = {
  arial: toFamilyList('arial'),
  system: toFamilyList('system'),
};

/**
 * Loads the shipped fonts into the process, unless another thread did.
 * @throws when a font cannot be loaded, because text would silently be missing
 */
export function loadFonts(): void {
  for (const [family, name] of Object.entries(FONTS)) {
    if (GlobalFonts.has(family)) continue;
    const folder = dirname(require.resolve(name));
    if (IDEOGRAPHIC.has(family)) registerSearchable(family, folder);
    else GlobalFonts.loadFontsFromDir(folder);
    if (!GlobalFonts.has(family)) throw new Error(`The font ${family} in ${name} cannot be loaded`);
  }
}

function registerSearchable(family: string, folder: string): void {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ttf'))) {
    GlobalFonts.register(searchableFont(readFileSync(join(folder, file))), family);
  }
}

/** The CSS font of a typeface. The size is in pixels. */
export function toCssFont(typeface: Typeface, size: number): string {
  return `${size}px ${CSS_FAMILIES[typeface]}`;
}

/** The typeface and the size of a font that `toCssFont` wrote. */
export function parseCssFont(font: string): { typeface: Typeface; size: number } {
  return { typeface: font.endsWith(CSS_FAMILIES.arial) ? 'arial' : 'system', size: parseFloat(font) };
}

/** The families of a typeface, in the order in which they are tried for a character. */
export function familiesOf(typeface: Typeface): readonly FontFamily[] {
  return FAMILIES[typeface];
}

/** The file of a shipped font. */
export function findFontFile(family: FontFamily): string {
  const folder = dirname(require.resolve(FONTS[family]));
  const file = readdirSync(folder).find((name) => name.endsWith('.ttf'));
  if (file === undefined) throw new Error(`The font ${family} has no file in ${folder}`);
  return join(folder, file);
}

function toFamilyList(typeface: Typeface): string {
  return FAMILIES[typeface].map((family) => `"${family}"`).join(', ');
}
