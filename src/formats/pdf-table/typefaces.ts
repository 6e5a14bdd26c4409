import { fontFile, fontsFor, PLAIN_FONT, type ShippedFont, type Weight } from './shipped-fonts';
import { Typeface } from './typeface';

/** The typefaces of a document: each character has the first that can draw it. */
export class Typefaces {
  private readonly open = new Map<string, Typeface>();

  constructor(private readonly document: PDFKit.PDFDocument) {}

  /** The typeface that has the whole cluster; `null` where none does. */
  choose(cluster: string, weight: Weight): Typeface | null {
    for (const font of fontsFor(cluster)) {
      const typeface = this.typeface(font, weight);
      if (typeface.has(cluster)) return typeface;
    }
    return null;
  }

  /** The typeface of Latin, Greek and Cyrillic. */
  plain(weight: Weight): Typeface {
    return this.typeface(PLAIN_FONT, weight);
  }

  /** Writes the used glyphs of each font into the document, and lets others work in between. */
  async finish(): Promise<void> {
    for (const typeface of this.open.values()) await typeface.finish();
  }

  private typeface(font: ShippedFont, weight: Weight): Typeface {
    const key = font[weight];
    const known = this.open.get(key);
    if (known) return known;
    const typeface = new Typeface(this.document, fontFile(font, weight));
    this.open.set(key, typeface);
    return typeface;
  }
}
