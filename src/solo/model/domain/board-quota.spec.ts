import { checkBoardQuota } from './board-quota';

const QUOTA = { boards: 3, bytes: 100 };

describe('The quota of a user’s boards', () => {
  it.each([
    ['one more board up to the limit', { boards: 2, bytes: 40 }, { boards: 1, bytes: 60 }],
    ['a board that grows up to the limit', { boards: 3, bytes: 90 }, { boards: 0, bytes: 10 }],
    ['a user above it who saves the same or less', { boards: 9, bytes: 900 }, { boards: 0, bytes: 0 }],
    ['a user above it whose board shrinks', { boards: 9, bytes: 900 }, { boards: 0, bytes: -1 }],
  ])('allows %s', (_, used, added) => {
    expect(() => {
      checkBoardQuota(QUOTA, used, added);
    }).not.toThrow();
  });

  it.each([
    ['one board too many', { boards: 3, bytes: 0 }, { boards: 1, bytes: 4 }, 'board-quota-exceeded', [3, 3, 1]],
    [
      ...(['a byte too many', { boards: 2, bytes: 40 }, { boards: 1, bytes: 61 }] as const),
      ...(['board-storage-quota-exceeded', [40, 100, 61]] as const),
    ],
    [
      ...(['a board that grows above it', { boards: 9, bytes: 900 }, { boards: 0, bytes: 1 }] as const),
      ...(['board-storage-quota-exceeded', [900, 100, 1]] as const),
    ],
  ] as const)('refuses %s, with the figures', (_, used, added, code, [inUse, limit, requested]) => {
    expect(() => {
      checkBoardQuota(QUOTA, used, added);
    }).toThrow(
      expect.objectContaining({ kind: 'conflict', code, details: { extensions: { used: inUse, limit, requested } } }),
    );
  });

  it('does not limit when both limits are off', () => {
    expect(() => {
      checkBoardQuota({ boards: null, bytes: null }, { boards: 1e6, bytes: 1e12 }, { boards: 1, bytes: 1e9 });
    }).not.toThrow();
  });
});
