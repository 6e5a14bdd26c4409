import { MAX_ATTEMPTS, pauseAfter } from './attempt-limits';

describe('Export retries', () => {
  it('allow three attempts with delays of 2 and 8 seconds', () => {
    expect(MAX_ATTEMPTS).toBe(3);
    expect([1, 2].map(pauseAfter)).toEqual([2, 8]);
  });
});
