import { rateLimitHeaders, RateLimitExceededError, takeOneMore, takeOneMoreOfAll } from './rate-limit';

const LIMIT = { limit: 3, windowSeconds: 900 };

describe('A rate limit', () => {
  it.each([
    [0, 2],
    [1, 1],
    [2, 0],
  ])('grants one more after %d, and says that %d are left', (used, remaining) => {
    expect(takeOneMore('data', LIMIT, { used, reset: 120 })).toMatchObject({ remaining, resetSeconds: 120 });
  });

  it.each([3, 4])('refuses one more after %d, and says when to try again', (used) => {
    const take = () => takeOneMore('data', LIMIT, { used, reset: 120 });

    expect(take).toThrow(RateLimitExceededError);
    expect(take).toThrow(
      expect.objectContaining({
        kind: 'limit',
        state: { ...LIMIT, name: 'data', remaining: 0, resetSeconds: 120 },
        details: expect.objectContaining({ retryAfterSeconds: 120 }),
      }),
    );
  });

  it('has its whole window before it where nothing was used', () => {
    expect(takeOneMore('data', LIMIT)).toMatchObject({ remaining: 2, resetSeconds: 900 });
  });

  it('never says to try again at once', () => {
    expect(takeOneMore('data', LIMIT, { used: 1, reset: 0 }).resetSeconds).toBe(1);
  });

  it('is told in the headers of the IETF draft', () => {
    const state = takeOneMore('data', LIMIT, { used: 1, reset: 120 });

    expect(rateLimitHeaders(state)).toEqual({
      'RateLimit-Policy': '"data";q=3;w=900',
      RateLimit: '"data";r=1;t=120',
    });
  });
});

describe('Rate limits that hold together', () => {
  const board = (used: number, reset = 10) => ({ name: 'board' as const, limit: LIMIT, used: { used, reset } });
  const customer = (used: number, reset = 10) => ({ name: 'customer' as const, limit: LIMIT, used: { used, reset } });

  it('are none where there is none', () => {
    expect(takeOneMoreOfAll([])).toBeNull();
  });

  it.each([
    ['board', [board(1), customer(0)]],
    ['customer', [board(0), customer(1)]],
  ])('show the one that will be used up first: %s', (name, uses) => {
    expect(takeOneMoreOfAll(uses)).toMatchObject({ name, remaining: 1 });
  });

  it.each([
    ['board', [board(3), customer(0)]],
    ['customer', [board(0), customer(3)]],
    ['customer', [board(3, 10), customer(3, 20)]],
  ])('refuse by the one that is exceeded, for longest: %s', (name, uses) => {
    expect(() => takeOneMoreOfAll(uses)).toThrow(expect.objectContaining({ state: expect.objectContaining({ name }) }));
  });
});
