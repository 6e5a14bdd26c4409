import { rateLimitHeaders, RateLimitExceededError, takeOneMore, takeOneMoreOfAll } from './rate-limit';

const LIMIT = { limit: 3, windowSeconds: 900 };

describe('A rate limit', () => {
  it.each([
    [0, 2],
    [1, 1],
    [2, 0],
  ])('allows one more after %d and reports %d left', (used, remaining) => {
    expect(takeOneMore('data', LIMIT, { used, reset: 120 })).toMatchObject({ remaining, resetSeconds: 120 });
  });

  it.each([3, 4])('rejects one more after %d and says when to retry', (used) => {
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

  it('resets after the whole window when it is unused', () => {
    expect(takeOneMore('data', LIMIT)).toMatchObject({ remaining: 2, resetSeconds: 900 });
  });

  it('never says to retry at once', () => {
    expect(takeOneMore('data', LIMIT, { used: 1, reset: 0 }).resetSeconds).toBe(1);
  });

  it('is reported in the headers of the IETF draft', () => {
    const state = takeOneMore('data', LIMIT, { used: 1, reset: 120 });

    expect(rateLimitHeaders(state)).toEqual({
      'RateLimit-Policy': '"data";q=3;w=900',
      RateLimit: '"data";r=1;t=120',
    });
  });
});

describe('Combined rate limits', () => {
  const board = (used: number, reset = 10) => ({ name: 'board' as const, limit: LIMIT, used: { used, reset } });
  const customer = (used: number, reset = 10) => ({ name: 'customer' as const, limit: LIMIT, used: { used, reset } });

  it('are null without limits', () => {
    expect(takeOneMoreOfAll([])).toBeNull();
  });

  it.each([
    ['board', [board(1), customer(0)]],
    ['customer', [board(0), customer(1)]],
  ])('report the one that is exhausted first: %s', (name, uses) => {
    expect(takeOneMoreOfAll(uses)).toMatchObject({ name, remaining: 1 });
  });

  it.each([
    ['board', [board(3), customer(0)]],
    ['customer', [board(0), customer(3)]],
    ['customer', [board(3, 10), customer(3, 20)]],
  ])('reject by the exceeded one with the longest delay: %s', (name, uses) => {
    expect(() => takeOneMoreOfAll(uses)).toThrow(expect.objectContaining({ state: expect.objectContaining({ name }) }));
  });
});
