interface FontGlyph {
  readonly id: number;
  readonly advanceWidth: number;
  readonly codePoints: readonly number[];
}

/** Glyphs and where they stand, from the left. */
export interface GlyphRun {
  readonly glyphs: readonly FontGlyph[];
  readonly positions: readonly { readonly xAdvance: number; readonly xOffset: number; readonly yOffset: number }[];
}

/** What fontkit offers, as far as it is used; it comes with pdfkit and has no types. */
export interface FontProgram {
  readonly postscriptName: string;
  readonly unitsPerEm: number;
  readonly _glyphs: Record<number, unknown>;
  getGlyph(id: number, codePoints?: readonly number[]): unknown;
  hasGlyphForCodePoint(codePoint: number): boolean;
  layout(
    text: string,
    features: Record<string, boolean>,
    script: undefined,
    language: undefined,
    direction: 'ltr' | 'rtl',
  ): GlyphRun;
  glyphsForString(text: string): FontGlyph[];
}

/** pdfkit's font of a document: what it notes of each glyph is written when the document ends. */
export interface EmbeddedFont {
  readonly id: string;
  readonly font: FontProgram;
  readonly subset: { includeGlyph(id: number): number };
  readonly widths: (number | undefined)[];
  readonly unicode: (readonly number[] | undefined)[];
  ref(): PDFKit.PDFKitReference;
  finalize(): void;
}

/** Makes a font known to a document. pdfkit's own `text()` sets words from left to right, so its fonts are used without it. */
export function embed(document: PDFKit.PDFDocument, source: string | FontProgram): EmbeddedFont {
  document.font(source as string);
  return (document as unknown as { _font: EmbeddedFont })._font;
}

/** fontkit keeps each glyph with the text for which it was first used, and says that for every text that uses it again. */
export function forgetTexts(font: FontProgram): void {
  const getGlyph = font.getGlyph.bind(font);
  font.getGlyph = (id, codePoints) => {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- an index of glyphs, kept as an object
    delete font._glyphs[id];
    return getGlyph(id, codePoints);
  };
}
