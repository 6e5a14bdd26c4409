import { createCanvas } from '@napi-rs/canvas';
import { loadFonts, toCssFont } from './fonts';
import { createTextMeasure, fillLine, layOutText, type TextBox } from './text-layout';

/** Every grapheme is one unit wide. */
const measure = (text: string) => [...new Intl.Segmenter().segment(text)].length;
const box = (changes: Partial<TextBox>): TextBox => ({
  width: null,
  height: null,
  fontSize: 10,
  ellipsis: false,
  ...changes,
});

describe('layOutText', () => {
  it('breaks at line feeds only when it is unbounded', () => {
    expect(layOutText('one two\n\nthree', box({}), measure)).toEqual(['one two', '', 'three']);
  });

  it('breaks after spaces and hyphens, and drops spaces at the break', () => {
    expect(layOutText('one two  three-four', box({ width: 8 }), measure)).toEqual(['one two', 'three-', 'four']);
  });

  it('breaks within a word that is longer than a line', () => {
    expect(layOutText('abcdefghij', box({ width: 4 }), measure)).toEqual(['abcd', 'efgh', 'ij']);
  });

  it('keeps an emoji of several characters in one piece', () => {
    expect(layOutText('👩‍🏫👍🏽👩‍🏫', box({ width: 2 }), measure)).toEqual(['👩‍🏫👍🏽', '👩‍🏫']);
  });

  it('ends with an ellipsis when the box is full', () => {
    const lines = layOutText('one two three four five six', box({ width: 8, height: 25, ellipsis: true }), measure);

    expect(lines).toEqual(['one two', 'three…']);
  });

  it('returns no line when not even one letter fits', () => {
    expect(layOutText('abc', box({ width: 0.5 }), measure)).toEqual([]);
  });

  it('measures a long text in linear time', () => {
    let measured = 0;
    const counting = (text: string) => {
      measured += text.length;
      return text.length;
    };

    const lines = layOutText('x'.repeat(20_000), box({ width: 1 }), counting);

    expect(lines).toHaveLength(20_000);
    expect(measured).toBeLessThan(20_000 * 1_000);
  });
});

describe('createTextMeasure', () => {
  const measure = createTextMeasure(createCanvas(1, 1).getContext('2d'), toCssFont('arial', 100));

  beforeAll(() => {
    loadFonts();
  });

  it('kerns letters with each other, but not with a space', () => {
    expect(measure('AV')).toBeLessThan(measure('A') + measure('V'));
    expect(measure('x A')).toBeCloseTo(measure('x') + measure(' ') + measure('A'), 5);
  });

  it('takes any white space for a space', () => {
    expect(measure('a\tb\r')).toBeCloseTo(measure('a b '), 5);
  });
});

describe('fillLine', () => {
  beforeAll(() => {
    loadFonts();
  });

  /** The pixels of the start of a line in very large letters. */
  const draw = (line: string): Uint8ClampedArray => {
    const context = createCanvas(200, 100).getContext('2d');
    context.scale(1 / 16, 1 / 16);
    context.font = toCssFont('arial', 8000);
    fillLine(context, line, 0, 1500);
    return context.getImageData(0, 0, 200, 100).data;
  };

  it('draws the start of a word of 20,000 letters like that of a short one', () => {
    const long = draw('H'.repeat(20_000));

    expect(long.some((value) => value > 0)).toBe(true);
    expect(long).toEqual(draw('HH'));
  });
});
