import { mirrored } from './direction';
import type { FontProgram, GlyphRun } from './font-program';

/** A glyph where shaping put it; lengths are in thousandths of the font size. */
export interface Glyph {
  readonly id: number;
  readonly ownWidth: number;
  readonly advance: number;
  readonly dx: number;
  readonly dy: number;
  readonly codePoints: readonly number[];
}

/** A piece of text of one typeface and one direction. */
export interface ShapedText {
  readonly text: string;
  readonly rightToLeft: boolean;
  /** In the order of drawing: from the left, marks after what they stand on. */
  readonly glyphs: readonly Glyph[];
  readonly width: number;
}

/** Joins, stacks and places the glyphs of a text as its script demands. */
export function shape(font: FontProgram, text: string, rightToLeft: boolean): ShapedText {
  const scale = 1000 / font.unitsPerEm;
  const { glyphs, positions } = layout(font, rightToLeft ? mirrored(text) : text, rightToLeft ? 'rtl' : 'ltr');
  const placed = glyphs.map(({ id, advanceWidth, codePoints }, index): Glyph => {
    const { xAdvance = 0, xOffset = 0, yOffset = 0 } = positions[index] ?? {};
    return {
      id,
      codePoints,
      ownWidth: advanceWidth * scale,
      advance: xAdvance * scale,
      dx: xOffset * scale,
      dy: yOffset * scale,
    };
  });
  return {
    text,
    rightToLeft,
    glyphs: rightToLeft ? marksLast(placed) : placed,
    width: placed.reduce((sum, { advance }) => sum + advance, 0),
  };
}

/** fontkit fails on marks for which a font has no anchor, as anybody can type them: then they stand as they come. */
function layout(font: FontProgram, text: string, direction: 'ltr' | 'rtl'): GlyphRun {
  const attempts: Record<string, boolean>[] = [{}, { mark: false, mkmk: false }];
  for (const features of attempts) {
    try {
      return font.layout(text, features, undefined, undefined, direction);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    }
  }
  const glyphs = font.glyphsForString(text);
  if (direction === 'rtl') glyphs.reverse();
  return { glyphs, positions: glyphs.map(({ advanceWidth }) => ({ xAdvance: advanceWidth, xOffset: 0, yOffset: 0 })) };
}

/**
 * Marks are drawn after what they stand on: a reader of the file takes a mark to the letter before it. fontkit gives the
 * glyphs of a right-to-left text in the order of their places, in which marks come first.
 */
function marksLast(glyphs: readonly Glyph[]): readonly Glyph[] {
  const ordered: Glyph[] = [];
  let marks: Glyph[] = [];
  for (const glyph of glyphs) {
    if (glyph.advance === 0) {
      marks.push(glyph);
      continue;
    }
    ordered.push(glyph, ...marks.reverse().map((mark) => ({ ...mark, dx: mark.dx - glyph.advance })));
    marks = [];
  }
  return [...ordered, ...marks];
}
