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

/** pdfkit's own `text()` sets words from left to right, so its fonts are used without it. */
function embed(document: PDFKit.PDFDocument, source: string | FontProgram): EmbeddedFont {
  document.font(source as string);
  return (document as unknown as { _font: EmbeddedFont })._font;
}

/** By file, once in a process: a font is read, and never changed. The largest have ten megabytes. */
const programs = new Map<string, FontProgram>();

/** Makes a font known to a document, under a name of its own where it is not the first of its file there. */
export function embedFile(document: PDFKit.PDFDocument, file: string, suffix = ''): EmbeddedFont {
  const program = programs.get(file);
  if (!program) {
    const first = embed(document, file);
    forgetGlyphs(first.font);
    programs.set(file, first.font);
    return first;
  }
  // pdfkit takes fonts of one name for one font.
  const postscriptName = `${program.postscriptName}${suffix}`;
  return embed(document, Object.create(program, { postscriptName: { value: postscriptName } }) as FontProgram);
}

/** The font of a file that some document has embedded. */
export function programOf(file: string, embedded: EmbeddedFont): FontProgram {
  return programs.get(file) ?? embedded.font;
}

/**
 * fontkit keeps each glyph with the text for which it was first used, and says that for every text that uses it again.
 * Kept for all documents, they would also become very many.
 */
function forgetGlyphs(font: FontProgram): void {
  const getGlyph = font.getGlyph.bind(font);
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- an index of glyphs, kept as an object
  const forget = (id: number) => delete font._glyphs[id];
  font.getGlyph = (id, codePoints) => {
    forget(id);
    const glyph = getGlyph(id, codePoints);
    forget(id);
    return glyph;
  };
}
