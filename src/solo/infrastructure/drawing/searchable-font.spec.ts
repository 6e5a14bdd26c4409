import { unifyIdeographs } from './searchable-font';

describe('unifyIdeographs', () => {
  it('replaces radicals and compatibility ideographs by unified ideographs', () => {
    expect(unifyIdeographs('⽩板 \uf900')).toBe('白板 豈');
  });

  it('does not change other characters that NFKC would change', () => {
    const text = 'ﬁ ½ x² 한국어 ｱ é 😀 東京';

    expect(unifyIdeographs(text)).toBe(text);
  });
});
