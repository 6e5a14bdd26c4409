import { setImmediate } from 'node:timers/promises';
import { embedFile, type EmbeddedFont, type FontProgram, programOf } from './font-program';
import type { Glyph } from './shaped-text';

/** A glyph as a document has it. */
export interface EncodedGlyph extends Glyph {
  readonly font: EmbeddedFont;
  readonly code: number;
  /** What it would be read as: the font's table has one text for a glyph, and a glyph may stand for several. */
  readonly readAs: string;
}

/** Writing a subset takes the event loop for as long as it has glyphs: for so many, some ten milliseconds. */
const MAX_GLYPHS = 500;

/** The glyphs of one font that a document uses, in several small fonts where they are many, as ideographs are. */
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
    this.program = programOf(file, first);
    this.subsets = [first];
  }

  encode(glyph: Glyph): EncodedGlyph {
    const place = this.places.get(glyph.id) ?? this.include(glyph);
    return { ...glyph, ...place, readAs: String.fromCodePoint(...(place.font.unicode[place.code] ?? [])) };
  }

  /** Writes all of them, and lets others work in between. */
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
    const wanted = Math.floor(this.places.size / MAX_GLYPHS);
    const ready = this.subsets[wanted];
    if (ready) return ready;
    const further = embedFile(this.document, this.file, `-${wanted}`);
    this.subsets.push(further);
    return further;
  }
}
