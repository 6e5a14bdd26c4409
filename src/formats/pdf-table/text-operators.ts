import { mirrored } from './direction';
import type { EncodedGlyph } from './font-subsets';
import type { ShapedText } from './shaped-text';

/**
 * What is told of the points of Hebrew and the harakat of Arabic: nothing. Readers take them for words between the letters,
 * and who searches for a name writes its letters.
 */
const POINTS = '';

/**
 * The operators that show a text where the text matrix stands, and the text that a search will find there where the fonts'
 * own tables would tell another one.
 * @see https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf 9.4 and 14.9.4
 */
export function textOperators(shaped: ShapedText, glyphs: readonly EncodedGlyph[], size: number): string {
  const stretches = new Stretches(size);
  if (shaped.rightToLeft) {
    // Told glyph by glyph: readers disagree on the order inside of a replacement.
    for (const glyph of glyphs) stretches.add(glyph, replacementOf(glyph));
    return stretches.end();
  }
  for (const glyph of glyphs) stretches.add(glyph, null);
  const read = glyphs.map(({ readAs }) => readAs).join('');
  return read === shaped.text ? stretches.end() : replaced(shaped.text, stretches.end());
}

/** A number as PDF has it, to the hundredth of a point. */
export function decimal(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Glyphs after each other, as long as font, height and text allow them to be shown by one operator. */
class Stretches {
  private readonly operators: string[] = [];
  private shown = '';
  private rise = 0;
  private font = '';

  constructor(private readonly size: number) {}

  add({ font, code, ownWidth, advance, dx, dy }: EncodedGlyph, replacement: string | null): void {
    if (font.id !== this.font) this.put(`/${font.id} ${this.size} Tf`);
    this.font = font.id;
    this.raise(dy);
    if (replacement !== null) this.flush();
    this.shown += `${shift(-dx)}<${code.toString(16).padStart(4, '0')}>${shift(ownWidth + dx - advance)}`;
    if (replacement === null) return;
    this.operators.push(replaced(replacement, `[${this.shown}] TJ`));
    this.shown = '';
  }

  end(): string {
    this.raise(0);
    this.flush();
    return this.operators.join(' ').replaceAll('><', '');
  }

  private raise(to: number): void {
    if (to !== this.rise) this.put(`${decimal((to * this.size) / 1000)} Ts`);
    this.rise = to;
  }

  private put(operator: string): void {
    this.flush();
    this.operators.push(operator);
  }

  private flush(): void {
    if (this.shown !== '') this.operators.push(`[${this.shown}] TJ`);
    this.shown = '';
  }
}

/** What a glyph of a right-to-left text stands for, where the font would tell something else. */
function replacementOf({ advance, codePoints, readAs }: EncodedGlyph): string | null {
  const meant = advance === 0 ? POINTS : mirrored(String.fromCodePoint(...codePoints));
  return meant === readAs ? null : meant;
}

/** By how much the next glyph is drawn further to the left. */
function shift(amount: number): string {
  return Math.abs(amount) < 0.01 ? '' : ` ${decimal(amount)} `;
}

function replaced(text: string, shown: string): string {
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('hex');
  return `/Span << /ActualText <${utf16}> >> BDC ${shown} EMC`;
}
