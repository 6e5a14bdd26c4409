import { createCanvas } from '@napi-rs/canvas';
import { fontOf, loadFonts } from './fonts';
import { textMeasure } from './text-run';

describe('textMeasure', () => {
  const measure = textMeasure(createCanvas(1, 1).getContext('2d'), fontOf('arial', 100));

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
