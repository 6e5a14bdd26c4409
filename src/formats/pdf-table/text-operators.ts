import { mirrorBrackets } from './direction';
import type { EncodedGlyph } from './pdfkit-internals';
import type { ShapedText } from './shaping';

/**
 * The text of Hebrew points and Arabic harakat: none. Readers take them for words between the letters, and people search
 * for a name by its letters.
 */
const TEXT_OF_MARKS = '';

/**
 * The operators that draw a text at the text matrix. If the fonts' tables would yield another text to a search, they also
 * contain the actual text.
 * @see https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf 9.4 and 14.9.4
 */
export function toTextOperators(shaped: ShapedText, glyphs: readonly EncodedGlyph[], size: number): string {
  const operators = new OperatorList(size);
  if (shaped.rightToLeft) {
    // By glyph: readers disagree on the order inside a replacement.
    for (const glyph of glyphs) operators.add(glyph, findActualText(glyph));
    return operators.end();
  }
  for (const glyph of glyphs) operators.add(glyph, null);
  const read = glyphs.map(({ readAs }) => readAs).join('');
  return read === shaped.text ? operators.end() : withActualText(shaped.text, operators.end());
}

/** A number in PDF syntax, rounded to a hundredth. */
export function toDecimal(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Collects glyphs into one operator as long as font, rise and actual text allow it. */
class OperatorList {
  private readonly operators: string[] = [];
  private pending = '';
  private rise = 0;
  private font = '';

  constructor(private readonly size: number) {}

  add({ font, code, ownWidth, advance, dx, dy }: EncodedGlyph, actualText: string | null): void {
    if (font.id !== this.font) this.push(`/${font.id} ${this.size} Tf`);
    this.font = font.id;
    this.setRise(dy);
    if (actualText !== null) this.flush();
    this.pending += `${toShift(-dx)}<${code.toString(16).padStart(4, '0')}>${toShift(ownWidth + dx - advance)}`;
    if (actualText === null) return;
    this.operators.push(withActualText(actualText, `[${this.pending}] TJ`));
    this.pending = '';
  }

  end(): string {
    this.setRise(0);
    this.flush();
    return this.operators.join(' ').replaceAll('><', '');
  }

  private setRise(rise: number): void {
    if (rise !== this.rise) this.push(`${toDecimal((rise * this.size) / 1000)} Ts`);
    this.rise = rise;
  }

  private push(operator: string): void {
    this.flush();
    this.operators.push(operator);
  }

  private flush(): void {
    if (this.pending !== '') this.operators.push(`[${this.pending}] TJ`);
    this.pending = '';
  }
}

/** The text of a glyph of right-to-left text; `null` if the font's table says the same. */
function findActualText({ advance, codePoints, readAs }: EncodedGlyph): string | null {
  const text = advance === 0 ? TEXT_OF_MARKS : mirrorBrackets(String.fromCodePoint(...codePoints));
  return text === readAs ? null : text;
}

/** By how much the next glyph is shifted to the left. */
function toShift(amount: number): string {
  return Math.abs(amount) < 0.01 ? '' : ` ${toDecimal(amount)} `;
}

function withActualText(text: string, operators: string): string {
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('hex');
  return `/Span << /ActualText <${utf16}> >> BDC ${operators} EMC`;
}
