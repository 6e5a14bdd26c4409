import { MAX_TEXT_LENGTH, toPrintable } from './cell-text';
import { toClusters } from './line-breaks';

describe('Cell text in a PDF', () => {
  it.each([
    ['a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
    ['a\tb', 'a b'],
    ['a\u0000\u001b\u009fb', 'ab'],
    ['e\u0301', 'é'],
    ['\ud83d', '\ufffd'],
    ['a\n\n\n\n \nb', 'a\n\nb'],
    ['a \n', 'a'],
  ])('converts %j to %j', (text, expected) => {
    const { text: shown, isTruncated } = toPrintable(text);

    expect(shown).toBe(expected);
    expect(isTruncated).toBe(false);
  });

  it('is truncated at its maximum between characters, with an ellipsis', () => {
    const whole = toPrintable('x'.repeat(MAX_TEXT_LENGTH));
    const longer = toPrintable(`x${'😀'.repeat(MAX_TEXT_LENGTH)}`);

    expect(whole).toEqual({ text: 'x'.repeat(MAX_TEXT_LENGTH), isTruncated: false });
    expect(longer.isTruncated).toBe(true);
    expect(longer.text).toHaveLength(MAX_TEXT_LENGTH);
    expect(longer.text.endsWith('…')).toBe(true);
    expect(Array.from(longer.text).every((character) => /[x😀…\ufffd]/u.test(character))).toBe(true);
  });

  it('limits stacked combining marks', () => {
    const { text, isTruncated } = toPrintable(`a${'\u0301\u0302'.repeat(500)}b`);

    expect(text.length).toBeLessThan(12);
    expect(text.endsWith('b')).toBe(true);
    expect(isTruncated).toBe(true);
  });

  it('limits the length of a grapheme', () => {
    const clusters = [...toClusters('👩\u200d'.repeat(600))];

    expect(Math.max(...clusters.map(({ length }) => length))).toBeLessThanOrEqual(32);
    expect(clusters.join('')).toBe('👩\u200d'.repeat(600));
  });
});
