import { toSegments } from './line-breaks';

describe('Line breaks', () => {
  it.each([
    ['at blanks', 'one  two', ['one', '  ', 'two']],
    ['after a hyphen, and not before a digit', 'O’Connor-Smith -5', ['O’Connor-', 'Smith', ' ', '-5']],
    ['after the parts of an address', 'https://a.org/b/c', ['https://', 'a.org/', 'b/', 'c']],
    ['before the host of an e-mail address', 'ada-1@example.org @cmd', ['ada-1', '@example.org', ' ', '@cmd']],
    ['between ideographs, but for their punctuation', '東京は、（日本）', ['東', '京', 'は、', '（日', '本）']],
    ['between the words of Thai', 'สวัสดีครับ', ['สวัสดี', 'ครับ']],
    ['between emoji, and not inside of one', '👩‍💻👍🏽', ['👩‍💻', '👍🏽']],
    ['never before a mark', 'e\u0301e\u0301', ['e\u0301e\u0301']],
  ])('%s', (_where, paragraph, expected) => {
    const pieces = toSegments(paragraph);

    expect(pieces.map(({ text }) => text)).toEqual(expected);
    expect(pieces.map(({ start }) => start)).toEqual(
      expected.map((_piece, index) => expected.slice(0, index).join('').length),
    );
  });
});
