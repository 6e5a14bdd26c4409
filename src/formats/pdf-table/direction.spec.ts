import { findBaseDirection, mirrorBrackets, toLevels, toVisualOrder } from './direction';

/** The text as it stands from left to right, one character a run. */
function seen(text: string, rightToLeft: boolean): string {
  const levels = toLevels(text, rightToLeft);
  const runs = Array.from(text, (character, index) => ({ character, level: levels[index] ?? 0 }));
  return toVisualOrder(runs)
    .map(({ character, level }) => (level % 2 === 1 ? mirrorBrackets(character) : character))
    .join('');
}

describe('Text direction', () => {
  it.each([
    ['abc (1)', false, 'abc (1)'],
    ['abc אבג def', false, 'abc גבא def'],
    ['אבג 123', true, '123 גבא'],
    ['אבג (abc) 12', true, '12 (abc) גבא'],
    ['אבג', true, 'גבא'],
    ['', true, ''],
  ])('orders %j as the Unicode algorithm does', (text, rightToLeft, expected) => {
    const visual = seen(text, rightToLeft);

    expect(visual).toBe(expected);
  });

  it.each([
    ['12 (אב)', true],
    ['12 ab אב', false],
    ['\u200f-12', true],
    ['+49 170 1234567', false],
    ['=1', false],
  ])('takes the base direction of %j from its first letter, or left without one', (text, expected) => {
    expect(findBaseDirection(text).rightToLeft).toBe(expected);
  });
});
