import { withoutDoubles } from './searchable-font';

describe('withoutDoubles', () => {
  it('writes radicals and compatibility ideographs as the ideographs that they look like', () => {
    expect(withoutDoubles('⽩板 \uf900')).toBe('白板 豈');
  });

  it('leaves everything else as it is, also what a normalisation would change', () => {
    const text = 'ﬁ ½ x² 한국어 ｱ é 😀 東京';

    expect(withoutDoubles(text)).toBe(text);
  });
});
