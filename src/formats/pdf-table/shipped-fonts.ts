import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type Weight = 'regular' | 'bold';

/**
 * The folders of a font that comes as a package. An install keeps the weights that are named here. What has no bold
 * weight is set in regular: two more ideographic files would be 16 MB.
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

/** Scripts whose headings stand in regular weight too. */
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

/** Scripts that a font of their own shapes, though others may have their letters. */
const OF_SCRIPT: readonly (readonly [RegExp, ShippedFont])[] = [
  [/^\p{Script=Arabic}/u, ARABIC],
  [/^\p{Script=Hebrew}/u, HEBREW],
  [/^\p{Script=Thai}/u, THAI],
  [/^\p{Script=Devanagari}/u, DEVANAGARI],
  [/^\p{Script=Hangul}/u, KOREAN],
  ...OTHER_SCRIPTS,
  [/^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Emoji}\u20e3|\p{Extended_Pictographic}\u200d)/u, EMOJI],
];

const ANY: readonly ShippedFont[] = [SANS, CHINESE, KOREAN, EMOJI, ARIMO, ARABIC, HEBREW, THAI, DEVANAGARI];

/** The fonts to be asked for a grapheme cluster, the best first; all there are. */
export function fontsFor(cluster: string): readonly ShippedFont[] {
  const own = OF_SCRIPT.find(([script]) => script.test(cluster))?.[1];
  return own ? [own, ...ANY] : ANY;
}

/** The font that has the sign for what no font has. */
export const PLAIN_FONT = SANS;

/** @throws when the package is not there: text would silently be missing */
export function fontFile(font: ShippedFont, weight: Weight): string {
  const folder = dirname(require.resolve(font[weight]));
  const file = readdirSync(folder).find((entry) => entry.endsWith('.ttf'));
  if (file === undefined) throw new Error(`There is no font in ${folder}`);
  return join(folder, file);
}
