import { rateLimitHeaders, RateLimitExceededError, takeOneMore } from './rate-limit';

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
