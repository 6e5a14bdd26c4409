import { toPortable } from './portable';

describe('A portable JSON value', () => {
  it.each<[unknown, unknown]>([
    [1.5, '1.5'],
    [1e21, '1e+21'],
    [2 ** 53, '9007199254740992'],
    [2 ** 53 - 1, 2 ** 53 - 1],
    [-3, -3],
    [null, null],
    ['1.5', '1.5'],
    [
      { a: [0.1, { b: true }], c: {} },
      { a: ['0.1', { b: true }], c: {} },
    ],
  ])('has texts instead of numbers that libraries write differently: %j', (value, expected) => {
    expect(toPortable(value)).toEqual(expected);
  });

  it('keeps members of any name', () => {
    const value = JSON.parse('{"__proto__":{"a":1.5},"2":1,"1":2}') as object;

    expect(JSON.stringify(toPortable(value))).toBe(JSON.stringify(value).replace('1.5', '"1.5"'));
  });
});
