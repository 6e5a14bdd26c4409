import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type Weight = 'regular' | 'bold';

/** A font that comes as a package. What has no bold weight is set in regular: two more ideographic files would be 16 MB. */
export interface ShippedFont {
  readonly name: string;
  readonly folders: Readonly<Record<Weight, string>>;
}

function shipped(name: string, bold: '700Bold' | '400Regular'): ShippedFont {
  return { name, folders: { regular: '400Regular', bold } };
}

const SANS = shipped('noto-sans', '700Bold');
const ARABIC = shipped('noto-sans-arabic', '700Bold');
const HEBREW = shipped('noto-sans-hebrew', '700Bold');
const THAI = shipped('noto-sans-thai', '700Bold');
const DEVANAGARI = shipped('noto-sans-devanagari', '700Bold');
const CHINESE = shipped('noto-sans-sc', '400Regular');
const KOREAN = shipped('noto-sans-kr', '400Regular');
const EMOJI = shipped('noto-emoji', '400Regular');
const ARIMO = shipped('arimo', '400Regular');

/** Scripts whose headings stand in regular weight too. */
const OTHER_SCRIPTS: readonly (readonly [RegExp, ShippedFont])[] = [
  [/^\p{Script=Armenian}/u, shipped('noto-sans-armenian', '400Regular')],
  [/^\p{Script=Bengali}/u, shipped('noto-sans-bengali', '400Regular')],
  [/^\p{Script=Ethiopic}/u, shipped('noto-sans-ethiopic', '400Regular')],
  [/^\p{Script=Georgian}/u, shipped('noto-sans-georgian', '400Regular')],
  [/^\p{Script=Gujarati}/u, shipped('noto-sans-gujarati', '400Regular')],
  [/^\p{Script=Gurmukhi}/u, shipped('noto-sans-gurmukhi', '400Regular')],
  [/^\p{Script=Kannada}/u, shipped('noto-sans-kannada', '400Regular')],
  [/^\p{Script=Khmer}/u, shipped('noto-sans-khmer', '400Regular')],
  [/^\p{Script=Lao}/u, shipped('noto-sans-lao', '400Regular')],
  [/^\p{Script=Malayalam}/u, shipped('noto-sans-malayalam', '400Regular')],
  [/^\p{Script=Myanmar}/u, shipped('noto-sans-myanmar', '400Regular')],
  [/^\p{Script=Sinhala}/u, shipped('noto-sans-sinhala', '400Regular')],
  [/^\p{Script=Tamil}/u, shipped('noto-sans-tamil', '400Regular')],
  [/^\p{Script=Telugu}/u, shipped('noto-sans-telugu', '400Regular')],
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
export function fontFile({ name, folders }: ShippedFont, weight: Weight): string {
  const folder = join(dirname(require.resolve(`@expo-google-fonts/${name}/package.json`)), folders[weight]);
  const file = readdirSync(folder).find((entry) => entry.endsWith('.ttf'));
  if (file === undefined) throw new Error(`There is no font in ${folder}`);
  return join(folder, file);
}
