import { GlobalFonts } from '@napi-rs/canvas';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Typeface } from '../../model/board/board';
import { searchableFont } from './searchable-font';

/** The folders of the shipped fonts, by the family name inside. An install keeps the weights that are named here. */
const FONTS = {
  Arimo: '@expo-google-fonts/arimo/400Regular',
  'Noto Sans': '@expo-google-fonts/noto-sans/400Regular',
  'Noto Sans SC': '@expo-google-fonts/noto-sans-sc/400Regular',
  'Noto Sans KR': '@expo-google-fonts/noto-sans-kr/400Regular',
  'Noto Color Emoji': '@expo-google-fonts/noto-color-emoji/400Regular',
} as const;

/** Fonts in which a glyph may stand for an ideograph and for its double. */
const IDEOGRAPHIC: ReadonlySet<string> = new Set(['Noto Sans SC', 'Noto Sans KR']);

/**
 * A character is drawn by the first family that has it. There is no fallback beyond the list: Skia would look for one
 * among the machine's own fonts, and pictures must not depend on the machine. Arimo has the metrics of Arial.
 */
const FAMILIES: Readonly<Record<Typeface, string>> = {
  arial: '"Arimo", "Noto Sans", "Noto Sans SC", "Noto Sans KR", "Noto Color Emoji"',
  system: '"Noto Sans", "Arimo", "Noto Sans SC", "Noto Sans KR", "Noto Color Emoji"',
};

/**
 * Loads the shipped fonts. They belong to the process, so that a second thread finds them there.
 * @throws when a font cannot be loaded: text would silently be missing
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

/** The CSS font of a typeface in a size in pixels. */
export function fontOf(typeface: Typeface, size: number): string {
  return `${size}px ${FAMILIES[typeface]}`;
}
