import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type Weight = 'regular' | 'bold';

/**
 * The folders of a font that is installed as a package. An installation keeps only the weights named here. Fonts without a
 * bold weight are regular in headings too: two more ideographic files would be 16 MB.
 */
export type ShippedFont = Readonly<Record<Weight, string>>;

function shipped(regular: string, bold = regular): ShippedFont {
  return { regular, bold };
}

const SANS = shipped('@expo-google-fonts/noto-sans/400Regular', '@expo-google-fonts/noto-sans/700Bold');
const ARABIC = shipped('@expo-google-fonts/noto-sans-arabic/400Regular', '@expo-google-fonts/noto-sans-arabic/700Bold');
const HEBREW = shipped('@expo-google-fonts/noto-sans-hebrew/400Regular', '@expo-google-fonts/noto-sans-hebrew/700Bold');
const THAI = shipped('@expo-google-fonts/noto-sans-thai/400Regular', '@expo-google-fonts/noto-sans-thai/700Bold');
const DEVANAGARI = shipped(
  '@expo-google-fonts/noto-sans-devanagari/400Regular',
  '@expo-google-fonts/noto-sans-devanagari/700Bold',
);
const CHINESE = shipped('@expo-google-fonts/noto-sans-sc/400Regular');
const KOREAN = shipped('@expo-google-fonts/noto-sans-kr/400Regular');
const EMOJI = shipped('@expo-google-fonts/noto-emoji/400Regular');
const ARIMO = shipped('@expo-google-fonts/arimo/400Regular');

/** Scripts with a regular weight only. */
const OTHER_SCRIPTS: readonly (readonly [RegExp, ShippedFont])[] = [
  [/^\p{Script=Armenian}/u, shipped('@expo-google-fonts/noto-sans-armenian/400Regular')],
  [/^\p{Script=Bengali}/u, shipped('@expo-google-fonts/noto-sans-bengali/400Regular')],
  [/^\p{Script=Ethiopic}/u, shipped('@expo-google-fonts/noto-sans-ethiopic/400Regular')],
  [/^\p{Script=Georgian}/u, shipped('@expo-google-fonts/noto-sans-georgian/400Regular')],
  [/^\p{Script=Gujarati}/u, shipped('@expo-google-fonts/noto-sans-gujarati/400Regular')],
  [/^\p{Script=Gurmukhi}/u, shipped('@expo-google-fonts/noto-sans-gurmukhi/400Regular')],
  [/^\p{Script=Kannada}/u, shipped('@expo-google-fonts/noto-sans-kannada/400Regular')],
  [/^\p{Script=Khmer}/u, shipped('@expo-google-fonts/noto-sans-khmer/400Regular')],
  [/^\p{Script=Lao}/u, shipped('@expo-google-fonts/noto-sans-lao/400Regular')],
  [/^\p{Script=Malayalam}/u, shipped('@expo-google-fonts/noto-sans-malayalam/400Regular')],
  [/^\p{Script=Myanmar}/u, shipped('@expo-google-fonts/noto-sans-myanmar/400Regular')],
  [/^\p{Script=Sinhala}/u, shipped('@expo-google-fonts/noto-sans-sinhala/400Regular')],
  [/^\p{Script=Tamil}/u, shipped('@expo-google-fonts/noto-sans-tamil/400Regular')],
  [/^\p{Script=Telugu}/u, shipped('@expo-google-fonts/noto-sans-telugu/400Regular')],
];

/** Scripts that need their own font for shaping, although other fonts may have their letters. */
const FONT_OF_SCRIPT: readonly (readonly [RegExp, ShippedFont])[] = [
  [/^\p{Script=Arabic}/u, ARABIC],
  [/^\p{Script=Hebrew}/u, HEBREW],
  [/^\p{Script=Thai}/u, THAI],
  [/^\p{Script=Devanagari}/u, DEVANAGARI],
  [/^\p{Script=Hangul}/u, KOREAN],
  ...OTHER_SCRIPTS,
  [/^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Emoji}\u20e3|\p{Extended_Pictographic}\u200d)/u, EMOJI],
];

const ANY: readonly ShippedFont[] = [SANS, CHINESE, KOREAN, EMOJI, ARIMO, ARABIC, HEBREW, THAI, DEVANAGARI];

/** All fonts, the most suitable for a grapheme cluster first. */
export function fontsFor(cluster: string): readonly ShippedFont[] {
  const own = FONT_OF_SCRIPT.find(([script]) => script.test(cluster))?.[1];
  return own ? [own, ...ANY] : ANY;
}

/** The font of Latin, Greek and Cyrillic. It also has the replacement character. */
export const PLAIN_FONT = SANS;

/** @throws Error if the package is not installed; text would be missing silently */
export function fontFile(font: ShippedFont, weight: Weight): string {
  const folder = dirname(require.resolve(font[weight]));
  const file = readdirSync(folder).find((entry) => entry.endsWith('.ttf'));
  if (file === undefined) throw new Error(`There is no font in ${folder}`);
  return join(folder, file);
}
