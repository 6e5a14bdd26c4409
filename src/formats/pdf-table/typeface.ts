import type { EmbeddedFont } from './font-program';
import { FontSubsets } from './font-subsets';
import { shape, type ShapedText } from './shaped-text';
import { textOperators } from './text-operators';

/** Shaping is what takes the time of a sheet, and the same words and numbers come again and again. */
const REMEMBERED_TEXTS = 5_000;

/** Characters that have no picture of their own: joiners, selectors of variants, marks of direction. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** What a text looks like in a page's content. */
interface ShownText {
  readonly size: number;
  readonly operators: string;
  readonly fonts: ReadonlySet<EmbeddedFont>;
}

/** One font in one document. */
export class Typeface {
  private readonly subsets: FontSubsets;
  private readonly shaped = new Map<string, ShapedText>();
  private readonly shown = new WeakMap<ShapedText, ShownText>();

  /** @param file a TrueType font */
  constructor(document: PDFKit.PDFDocument, file: string) {
    this.subsets = new FontSubsets(document, file);
  }

  /** Whether each character that shows has a glyph. */
  has(text: string): boolean {
    for (const character of text.replace(INVISIBLE, '')) {
      if (!this.subsets.program.hasGlyphForCodePoint(character.codePointAt(0) ?? 0)) return false;
    }
    return true;
  }

  shape(text: string, rightToLeft: boolean): ShapedText {
    const key = rightToLeft ? `\u202e${text}` : text;
    const known = this.shaped.get(key);
    if (known) return known;
    if (this.shaped.size >= REMEMBERED_TEXTS) this.shaped.clear();
    const shaped = shape(this.subsets.program, text, rightToLeft);
    this.shaped.set(key, shaped);
    return shaped;
  }

  /** @returns the operators that show the text on the page where the text matrix stands */
  show(shaped: ShapedText, size: number, page: PDFKit.PDFPage): string {
    const known = this.shown.get(shaped);
    const shown = known?.size === size ? known : this.encode(shaped, size);
    this.shown.set(shaped, shown);
    for (const font of shown.fonts) (page.fonts as Record<string, unknown>)[font.id] ??= font.ref();
    return shown.operators;
  }

  /** Writes the glyphs that were used into the document, and lets others work in between. */
  async finish(): Promise<void> {
    await this.subsets.finish();
  }

  private encode(shaped: ShapedText, size: number): ShownText {
    const glyphs = shaped.glyphs.map((glyph) => this.subsets.encode(glyph));
    return { size, operators: textOperators(shaped, glyphs, size), fonts: new Set(glyphs.map(({ font }) => font)) };
  }
}
