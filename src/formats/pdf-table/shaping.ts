import { mirrorBrackets } from './direction';
import type { FontProgram, Glyph, GlyphRun } from './pdfkit-internals';

/** A text in one font and one direction. */
export interface ShapedText {
  readonly text: string;
  readonly rightToLeft: boolean;
  /** In drawing order: from the left, marks after their base. */
  readonly glyphs: readonly Glyph[];
  readonly width: number;
}

/** Joins, stacks and positions the glyphs of a text as its script requires. */
export function shape(font: FontProgram, text: string, rightToLeft: boolean): ShapedText {
  const scale = 1000 / font.unitsPerEm;
  const { glyphs, positions } = layOut(font, rightToLeft ? mirrorBrackets(text) : text, rightToLeft ? 'rtl' : 'ltr');
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
    glyphs: rightToLeft ? withMarksAfterBases(placed) : placed,
    width: placed.reduce((sum, { advance }) => sum + advance, 0),
  };
}

/** fontkit throws on marks for which a font has no anchor, which anybody can type: these are not positioned. */
function layOut(font: FontProgram, text: string, direction: 'ltr' | 'rtl'): GlyphRun {
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
 * Readers of the file attach a mark to the letter before it. fontkit returns the glyphs of right-to-left text by position,
 * in which marks come first.
 */
function withMarksAfterBases(glyphs: readonly Glyph[]): readonly Glyph[] {
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
