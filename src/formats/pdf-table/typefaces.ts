import { type EmbeddedFont, FontSubsets, useFonts } from './pdfkit-internals';
import { shape, type ShapedText } from './shaping';
import { fontFile, fontsFor, PLAIN_FONT, type ShippedFont, type Weight } from './shipped-fonts';
import { toTextOperators } from './text-operators';

/** Shaping takes most of the time of a table, and the same words and numbers are frequent. */
const MAX_CACHED_TEXTS = 5_000;

/** Characters without a glyph: joiners, variation selectors, direction marks. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** A text as operators of a page's content. */
interface DrawnText {
  readonly size: number;
  readonly operators: string;
  readonly fonts: ReadonlySet<EmbeddedFont>;
}

/** One font in one document. */
export class Typeface {
  private readonly subsets: FontSubsets;
  private readonly shaped = new Map<string, ShapedText>();
  private readonly drawn = new WeakMap<ShapedText, DrawnText>();

  /** @param file a TrueType font */
  constructor(document: PDFKit.PDFDocument, file: string) {
    this.subsets = new FontSubsets(document, file);
  }

  /** Whether every visible character has a glyph. */
  covers(text: string): boolean {
    for (const character of text.replace(INVISIBLE, '')) {
      if (!this.subsets.program.hasGlyphForCodePoint(character.codePointAt(0) ?? 0)) return false;
    }
    return true;
  }

  shape(text: string, rightToLeft: boolean): ShapedText {
    const key = rightToLeft ? `\u202e${text}` : text;
    const known = this.shaped.get(key);
    if (known) return known;
    if (this.shaped.size >= MAX_CACHED_TEXTS) this.shaped.clear();
    const shaped = shape(this.subsets.program, text, rightToLeft);
    this.shaped.set(key, shaped);
    return shaped;
  }

  /** @returns operators that draw the text at the text matrix of the page */
  draw(shaped: ShapedText, size: number, page: PDFKit.PDFPage): string {
    const known = this.drawn.get(shaped);
    const drawn = known?.size === size ? known : this.encode(shaped, size);
    this.drawn.set(shaped, drawn);
    useFonts(page, drawn.fonts);
    return drawn.operators;
  }

  /** Writes the glyphs that were used into the document. Other work can run in between. */
  async finish(): Promise<void> {
    await this.subsets.finish();
  }

  private encode(shaped: ShapedText, size: number): DrawnText {
    const glyphs = shaped.glyphs.map((glyph) => this.subsets.encode(glyph));
    return { size, operators: toTextOperators(shaped, glyphs, size), fonts: new Set(glyphs.map(({ font }) => font)) };
  }
}

/** The fonts of a document. Each character is drawn in the first that has it. */
export class Typefaces {
  private readonly loaded = new Map<string, Typeface>();

  constructor(private readonly document: PDFKit.PDFDocument) {}

  /** The font that has the whole cluster; `null` if none has. */
  find(cluster: string, weight: Weight): Typeface | null {
    for (const font of fontsFor(cluster)) {
      const typeface = this.load(font, weight);
      if (typeface.covers(cluster)) return typeface;
    }
    return null;
  }

  /** The font of Latin, Greek and Cyrillic. */
  plain(weight: Weight): Typeface {
    return this.load(PLAIN_FONT, weight);
  }

  /** Writes the used glyphs of each font into the document. Other work can run in between. */
  async finish(): Promise<void> {
    for (const typeface of this.loaded.values()) await typeface.finish();
  }

  private load(font: ShippedFont, weight: Weight): Typeface {
    const key = font[weight];
    const known = this.loaded.get(key);
    if (known) return known;
    const typeface = new Typeface(this.document, fontFile(font, weight));
    this.loaded.set(key, typeface);
    return typeface;
  }
}
