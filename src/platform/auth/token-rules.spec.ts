import { type JWTPayload, SignJWT } from 'jose';
import { Config } from '../config/config';
import { TokenVerifier } from './token-verifier';

const SECRET = 's'.repeat(32);
const ISSUER = 'https://login.example.com/';
const NOW = Date.parse('2026-11-29T12:00:00Z');
const now = NOW / 1000;

function verifierWith(settings: Record<string, string>): TokenVerifier {
  const needed = { DATABASE_URL: 'postgres://localhost/exports', LINK_SECRET: SECRET, JWT_SECRET: SECRET };
  return new TokenVerifier(Config.from({ ...needed, ...settings }));
}

async function outcome(verifier: TokenVerifier, claims: JWTPayload): Promise<string> {
  const token = new SignJWT({ sub: 'ann', exp: now + 3600, ...claims }).setProtectedHeader({ alg: 'HS256' });
  return verifier.verify(await token.sign(new TextEncoder().encode(SECRET))).then(
    () => 'accepted',
    (error: unknown) => String((error as Error).cause ?? error),
  );
}

beforeEach(() => {
  jest.useFakeTimers({ now: NOW, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
});

afterEach(() => {
  jest.useRealTimers();
});

describe('JWT_ISSUER', () => {
  it.each<[string, JWTPayload, string]>([
    ['accepts a token of the issuer', { iss: ISSUER }, 'accepted'],
    ['refuses a token of another issuer', { iss: 'https://other.example/' }, 'Another issuer'],
    ['refuses the issuer without its slash', { iss: ISSUER.slice(0, -1) }, 'Another issuer'],
    ['refuses a token without an issuer', {}, 'Another issuer'],
    ['refuses issuers in a list', { iss: [ISSUER] as unknown as string }, 'Another issuer'],
  ])('%s', async (_, claims, expected) => {
    expect(await outcome(verifierWith({ JWT_ISSUER: ISSUER }), claims)).toContain(expected);
  });

  it('is not checked without a value', async () => {
    expect(await outcome(verifierWith({}), { iss: 'https://other.example/' })).toBe('accepted');
  });
});

describe('JWT_AUDIENCE', () => {
  it.each<[string, JWTPayload, string]>([
    ['accepts a token for one of its audiences', { aud: 'exports' }, 'accepted'],
    ['accepts a token for several, of which one is its', { aud: ['spa', 'platform'] }, 'accepted'],
    ['refuses a token for another audience', { aud: 'spa' }, 'another audience'],
    ['refuses a token for a part of its name', { aud: 'export' }, 'another audience'],
    ['refuses a token for others', { aud: ['spa', 'exports,platform'] }, 'another audience'],
    ['refuses a token without an audience', {}, 'another audience'],
    ['refuses an audience that is no text', { aud: { 0: 'exports' } as unknown as string }, 'another audience'],
  ])('%s', async (_, claims, expected) => {
    expect(await outcome(verifierWith({ JWT_AUDIENCE: 'exports, platform' }), claims)).toContain(expected);
  });

  it('is not checked without a value', async () => {
    expect(await outcome(verifierWith({}), { aud: 'spa' })).toBe('accepted');
  });
});

describe('JWT_REQUIRE_TENANT', () => {
  it.each<[string, JWTPayload, string]>([
    ['accepts a token with a tenant', { tenant_id: 'blue' }, 'accepted'],
    ['refuses a token without one', {}, 'names no tenant'],
    ['refuses a token with null as its tenant', { tenant_id: null }, 'names no tenant'],
    ['refuses an administrator of all tenants', { roles: ['admin'] }, 'names no tenant'],
  ])('%s', async (_, claims, expected) => {
    expect(await outcome(verifierWith({ JWT_REQUIRE_TENANT: 'true' }), claims)).toContain(expected);
  });
});

describe('JWT_MAX_AGE', () => {
  it.each<[string, JWTPayload, string]>([
    ['accepts a token that was issued within it', { iat: now - 600 }, 'accepted'],
    ['accepts one that was issued a moment before it, as clocks differ', { iat: now - 604 }, 'accepted'],
    ['refuses an older one, though it has not expired', { iat: now - 605 }, 'too old'],
    ['refuses one that does not say when it was issued', {}, 'when it was issued'],
    ['accepts one of a clock that is ahead by seconds', { iat: now + 5 }, 'accepted'],
    ['refuses one of the future', { iat: now + 6 }, 'in the future'],
    ['refuses one of a far future', { iat: 1e300 }, 'when it was issued'],
  ])('%s', async (_, claims, expected) => {
    expect(await outcome(verifierWith({ JWT_MAX_AGE: '10m' }), claims)).toContain(expected);
  });

  it.each(['600', '600s', '10m'])('accepts seconds or a unit: %s', async (age) => {
    const verifier = verifierWith({ JWT_MAX_AGE: age });

    expect(await outcome(verifier, { iat: now - 600 })).toBe('accepted');
    expect(await outcome(verifier, { iat: now - 700 })).toContain('too old');
  });

  it.each<Record<string, string>>([{}, { JWT_MAX_AGE: 'off' }])(
    'is not checked without a value or when off',
    async (settings) => {
      expect(await outcome(verifierWith(settings), {})).toBe('accepted');
      expect(await outcome(verifierWith(settings), { iat: 0 })).toBe('accepted');
    },
  );
});
