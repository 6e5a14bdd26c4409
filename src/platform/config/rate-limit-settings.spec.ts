import { ConfigurationError, Environment } from './environment';

/** What is always needed, and a rate limit. */
const withLimit = (RATE_LIMIT_BOARDS: string) => ({
  DATABASE_URL: 'postgresql://exports:pass@db.example.com:5432/exports',
  JWT_SECRET: 'j'.repeat(32),
  LINK_SECRET: 'l'.repeat(32),
  RATE_LIMIT_BOARDS,
});

describe('Rate limit settings', () => {
  it.each([
    ['5/15m', { limit: 5, windowSeconds: 900 }],
    ['1/1s', { limit: 1, windowSeconds: 1 }],
    ['100/2h', { limit: 100, windowSeconds: 7200 }],
    ['9999999/3d', { limit: 9_999_999, windowSeconds: 259_200 }],
    ['off', null],
  ])('accept the rate limit %s', (value, expected) => {
    expect(Environment.parse(withLimit(value)).RATE_LIMIT_BOARDS).toEqual(expected);
  });

  it.each(['5', '5/15', '5/m', '0/15m', '5/0m', '-5/15m', '5/15min', '5 / 15m', '1.5/1m', 'OFF', 'none'])(
    'reject the rate limit %s',
    (value) => {
      expect(() => Environment.parse(withLimit(value))).toThrow(
        new ConfigurationError(['RATE_LIMIT_BOARDS must be like 5/15m (5 in 15 minutes; units s, m, h, d) or off']),
      );
    },
  );
});
