import { ReaderSlots } from './reader-slots';

describe('ReaderSlots', () => {
  it.each([
    [2, 1, 1, 2],
    [2, 2, 0, 1],
    [2, 5, 0, 1],
    [4, 1, 3, 4],
    [4, 2, 2, 2],
    [4, 3, 1, 2],
    [8, 3, 5, 3],
  ])(
    'shares %i connections among %i exports: %i followers, at most %i connections each',
    (all, leaders, slots, share) => {
      expect([ReaderSlots.slots(all, leaders), ReaderSlots.share(all, leaders)]).toEqual([slots, share]);
    },
  );
});
