import { setImmediate } from 'node:timers/promises';

// Everything that uses private members of pdfkit and fontkit is in this file.

interface FontGlyph {
  readonly id: number;
  readonly advanceWidth: number;
  readonly codePoints: readonly number[];
}

/** Glyphs and their positions, from the left. */
export interface GlyphRun {
  readonly glyphs: readonly FontGlyph[];
  readonly positions: readonly { readonly xAdvance: number; readonly xOffset: number; readonly yOffset: number }[];
}

/** The parts of fontkit's font that are used. fontkit comes with pdfkit and has no types. */
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

/** pdfkit's font in a document. What is recorded about each glyph is written when the document ends. */
export interface EmbeddedFont {
  readonly id: string;
  readonly font: FontProgram;
  readonly subset: { includeGlyph(id: number): number };
  readonly widths: (number | undefined)[];
  readonly unicode: (readonly number[] | undefined)[];
  ref(): PDFKit.PDFKitReference;
  finalize(): void;
}

/** A glyph with its position; lengths are in thousandths of the font size. */
export interface Glyph {
  readonly id: number;
  readonly ownWidth: number;
  readonly advance: number;
  readonly dx: number;
  readonly dy: number;
  readonly codePoints: readonly number[];
}

/** A glyph with its code in a document. */
export interface EncodedGlyph extends Glyph {
  readonly font: EmbeddedFont;
  readonly code: number;
  /** The text that the font's table assigns to it: one per glyph, although a glyph may represent several texts. */
  readonly readAs: string;
}

/** Writing a subset blocks the event loop in proportion to its glyphs: this many take about ten milliseconds. */
const MAX_SUBSET_GLYPHS = 500;

/** The glyphs of one font that a document uses, divided into several small fonts if there are many, as of ideographs. */
export class FontSubsets {
  readonly program: FontProgram;
  private readonly subsets: EmbeddedFont[];
  private readonly places = new Map<number, { readonly font: EmbeddedFont; readonly code: number }>();

  /** @param file a TrueType font */
  constructor(
    private readonly document: PDFKit.PDFDocument,
    private readonly file: string,
  ) {
    const first = embedFile(document, file);
    this.program = programs.get(file) ?? first.font;
    this.subsets = [first];
  }

  encode(glyph: Glyph): EncodedGlyph {
    const place = this.places.get(glyph.id) ?? this.include(glyph);
    return { ...glyph, ...place, readAs: String.fromCodePoint(...(place.font.unicode[place.code] ?? [])) };
  }

  /** Writes all subsets into the document. Other work can run between them. */
  async finish(): Promise<void> {
    for (const subset of this.subsets) {
      subset.finalize();
      await setImmediate();
    }
  }

  private include(glyph: Glyph): { font: EmbeddedFont; code: number } {
    const font = this.subsetWithRoom();
    const place = { font, code: font.subset.includeGlyph(glyph.id) };
    font.widths[place.code] = glyph.ownWidth;
    font.unicode[place.code] = glyph.codePoints;
    this.places.set(glyph.id, place);
    return place;
  }

  private subsetWithRoom(): EmbeddedFont {
    const index = Math.floor(this.places.size / MAX_SUBSET_GLYPHS);
    const existing = this.subsets[index];
    if (existing) return existing;
    const added = embedFile(this.document, this.file, `-${index}`);
    this.subsets.push(added);
    return added;
  }
}

/** Parsed fonts by file, shared by all documents of the process: they never change, and the largest have 10 MB. */
const programs = new Map<string, FontProgram>();

/** @param suffix of the font's name, for every use of a file in a document but the first */
function embedFile(document: PDFKit.PDFDocument, file: string, suffix = ''): EmbeddedFont {
  const program = programs.get(file);
  if (!program) {
    const first = embed(document, file);
    disableGlyphCache(first.font);
    programs.set(file, first.font);
    return first;
  }
  // pdfkit takes fonts of the same name for the same font.
  const postscriptName = `${program.postscriptName}${suffix}`;
  return embed(document, Object.create(program, { postscriptName: { value: postscriptName } }) as FontProgram);
}

/** pdfkit's own `text()` sets words from left to right, so its fonts are used directly. */
function embed(document: PDFKit.PDFDocument, source: string | FontProgram): EmbeddedFont {
  document.font(source as string);
  return (document as unknown as { _font: EmbeddedFont })._font;
}

/**
 * fontkit caches each glyph with the text for which it was first used, and returns that text for every later use. In a font
 * that all documents share, the cache would also grow without limit.
 */
function disableGlyphCache(font: FontProgram): void {
  const getGlyph = font.getGlyph.bind(font);
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- an index of glyphs, stored as an object
  const forget = (id: number) => delete font._glyphs[id];
  font.getGlyph = (id, codePoints) => {
    forget(id);
    const glyph = getGlyph(id, codePoints);
    forget(id);
    return glyph;
  };
}

/** Makes fonts available to the content of a page. */
export function useFonts(page: PDFKit.PDFPage, fonts: Iterable<EmbeddedFont>): void {
  for (const font of fonts) (page.fonts as Record<string, unknown>)[font.id] ??= font.ref();
}

/**
 * A drawing that pages refer to and that is written after the last page, such as the number of pages. No page has to be
 * kept until then.
 */
export class DeferredDrawing {
  private readonly reference: PDFKit.PDFKitReference;
  private readonly fonts: Record<string, unknown> = {};

  /** @param name of the drawing in the resources of a page */
  constructor(
    private readonly document: PDFKit.PDFDocument,
    private readonly name: string,
    box: readonly [left: number, bottom: number, right: number, top: number],
  ) {
    this.reference = document.ref({
      Type: 'XObject',
      Subtype: 'Form',
      BBox: [...box],
      Resources: { Font: this.fonts },
    });
  }

  /** Shows it on the current page. */
  place(x: number, y: number): void {
    (this.document.page.xobjects as Record<string, unknown>)[this.name] = this.reference;
    this.document.addContent(`q 1 0 0 -1 ${x} ${y} cm /${this.name} Do Q`);
  }

  /** @param content operators that use only fonts of the current page */
  write(content: string): void {
    Object.assign(this.fonts, this.document.page.fonts);
    this.reference.end(Buffer.from(content));
  }
}
