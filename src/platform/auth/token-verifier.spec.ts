import { type JWTPayload, SignJWT } from 'jose';
import { KeyServer } from '../../../test/support/key-server';
import { blockThreadPool } from '../../../test/support/thread-pool';
import { until } from '../../../test/support/until';
import { Config } from '../config/config';
import { TokenVerifier } from './token-verifier';

const SECRET = 's'.repeat(32);
const NEEDED = { DATABASE_URL: 'postgres://localhost/exports', LINK_SECRET: SECRET };
const config = Config.from({ ...NEEDED, JWT_SECRET: SECRET });

function tokenOf(claims: JWTPayload, { alg = 'HS256', secret = SECRET } = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const token = new SignJWT({ sub: 'ann', exp: now + 3600, ...claims }).setProtectedHeader({ alg });
  return token.sign(new TextEncoder().encode(secret));
}

describe('A token signed with the shared secret', () => {
  const verifier = new TokenVerifier(config);
  const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

  it('contains the user, the tenant and the roles', async () => {
    const token = await tokenOf({ tenant_id: 'blue', roles: ['admin', 7, 'author'] });

    const { caller } = await verifier.verify(token);

    expect(caller).toEqual({ userId: 'ann', tenantId: 'blue', roles: ['admin', 'author'] });
  });

  it('tolerates a clock skew of a few seconds after its expiry', async () => {
    expect(await verifier.verify(await tokenOf({ exp: secondsFromNow(-2) }))).toMatchObject({
      caller: { userId: 'ann' },
    });
    await expect(verifier.verify(await tokenOf({ exp: secondsFromNow(-8) }))).rejects.toThrow('not valid');
  });

  it.each<[string, JWTPayload]>([
    ['is not valid yet', { nbf: secondsFromNow(60) }],
    ['names no user', { sub: undefined }],
    ['names a user by an empty text', { sub: '' }],
    ['names a user by a text that no database can keep', { sub: 'a\0nn' }],
    ['names a tenant by a number', { tenant_id: 7 }],
    ['names a tenant by an empty text', { tenant_id: '' }],
    ['has no expiry', { exp: undefined }],
    ['expires after the end of all calendars', { exp: 1e300 }],
    ['expires before 1970', { exp: -1 }],
    ['expires at a text', { exp: String(secondsFromNow(60)) as unknown as number }],
    ['expires at nothing', { exp: null as unknown as number }],
    ['is valid from a text on', { nbf: '0' as unknown as number }],
    ['is valid from before 1970 on', { nbf: -1e300 }],
    ['was issued before 1970', { iat: -1 }],
    ['was issued at a text', { iat: 'now' as unknown as number }],
  ])('is rejected if it %s', async (_, claims) => {
    await expect(verifier.verify(await tokenOf(claims))).rejects.toThrow(/not valid|names no|not a name/);
  });

  it('has an expiry', async () => {
    const exp = secondsFromNow(600);

    expect((await verifier.verify(await tokenOf({ exp }))).expiresAt).toEqual(new Date(exp * 1000));
  });

  it('is rejected with another secret or algorithm', async () => {
    for (const signing of [{ secret: 't'.repeat(32) }, { alg: 'HS512', secret: SECRET.repeat(2) }]) {
      await expect(verifier.verify(await tokenOf({}, signing))).rejects.toThrow('not valid');
    }
  });

  it('is rejected without a signature', async () => {
    const [, claims] = (await tokenOf({})).split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');

    await expect(verifier.verify(`${header}.${claims}.`)).rejects.toThrow('not valid');
  });
});

describe('A token signed with a key of the key set', () => {
  let keys: KeyServer;
  let verifier: TokenVerifier;

  beforeAll(async () => {
    keys = await KeyServer.start();
    for (const algorithm of ['RS512', 'EdDSA'] as const) await keys.addKey(algorithm);
    verifier = new TokenVerifier(Config.from({ ...NEEDED, JWT_JWKS_URL: keys.url }));
  });

  afterAll(() => keys.stop());

  it.each(['RS256', 'ES256'] as const)('is accepted for %s', async (algorithm) => {
    expect(await verifier.verify(await keys.token(algorithm, 'ann'))).toMatchObject({ caller: { userId: 'ann' } });
  });

  it.each(['RS512', 'EdDSA'] as const)('is rejected for %s, even with a key of the set', async (algorithm) => {
    await expect(verifier.verify(await keys.token(algorithm, 'ann'))).rejects.toThrow('not valid');
  });

  it('is the only accepted kind without a shared secret', async () => {
    await expect(verifier.verify(await tokenOf({}))).rejects.toThrow('not valid');
  });
});

describe('While all libuv threads are busy', () => {
  it('tokens of HS256, RS256 and ES256 are verified without waiting for one', async () => {
    const keys = await KeyServer.start();
    const verifier = new TokenVerifier(Config.from({ ...NEEDED, JWT_SECRET: SECRET, JWT_JWKS_URL: keys.url }));
    const tokens = [await tokenOf({}), await keys.token('RS256', 'ann'), await keys.token('ES256', 'ann')];
    // The first token of a key fetches it.
    for (const token of tokens) await verifier.verify(token);
    const pool = blockThreadPool();

    for (const token of tokens) expect(await verifier.verify(token)).toMatchObject({ caller: { userId: 'ann' } });

    expect(pool.isBlocked()).toBe(true);
    await pool.over;
    await keys.stop();
  });
});

describe('A key set that is ten minutes old', () => {
  const MINUTE = 60_000;

  afterEach(() => {
    jest.useRealTimers();
  });

  it('verifies tokens for an hour while its server is unavailable', async () => {
    const keys = await KeyServer.start();
    const verifier = new TokenVerifier(Config.from({ ...NEEDED, JWT_JWKS_URL: keys.url }));
    const now = Date.now();
    const later = (minutes: number) => {
      jest.useFakeTimers({ now: now + minutes * MINUTE, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
    };
    await verifier.verify(await keys.token('RS256', 'ann'));
    await keys.stop();

    later(59);
    expect(await verifier.verify(await keys.token('RS256', 'ann'))).toMatchObject({ caller: { userId: 'ann' } });

    later(61);
    await expect(verifier.verify(await keys.token('RS256', 'ann'))).rejects.toThrow('cannot be fetched');
  });

  it('is refreshed without delaying tokens of known keys', async () => {
    const keys = await KeyServer.start();
    const verifier = new TokenVerifier(Config.from({ ...NEEDED, JWT_JWKS_URL: keys.url }));
    await verifier.verify(await keys.token('RS256', 'ann'));
    jest.useFakeTimers({ now: Date.now() + 11 * MINUTE, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
    keys.withdraw('RS256');

    expect(await verifier.verify(await keys.token('RS256', 'ann'))).toMatchObject({ caller: { userId: 'ann' } });

    await until('the withdrawn key is not known any more', () =>
      keys
        .token('RS256', 'ann')
        .then((token) => verifier.verify(token))
        .then(
          () => false,
          () => true,
        ),
    );
    await keys.stop();
  });
});

describe('The mail claims of a token', () => {
  const callerOf = async (claims: object) => {
    const { caller } = await new TokenVerifier(config).verify(await tokenOf({ ...claims, roles: ['admin'] }));
    return caller;
  };
  const nothing = { userId: 'ann', tenantId: null, roles: ['admin'] };

  it('are returned', async () => {
    const caller = await callerOf({ email: 'ann@example.com', email_verified: true, locale: 'uk-UA' });

    expect(caller).toEqual({ ...nothing, email: 'ann@example.com', locale: 'uk-UA' });
  });

  it.each([
    ['there is none', {}],
    ['the address is none', { email: 'ann', locale: 'uk\r\nX: y' }],
    ['it has a line end', { email: 'ann@example.com\r\nBcc: eve@example.com' }],
    ['it names several', { email: 'ann@example.com,eve@example.com' }],
    ['it is of another type', { email: ['ann@example.com'], locale: 7 }],
    ['nobody checked the address', { email: 'ann@example.com', email_verified: false }],
    ['nobody checked the address, in a text', { email: 'ann@example.com', email_verified: 'false' }],
    ['it does not say whether the address was checked', { email: 'ann@example.com', email_verified: null }],
  ])('are ignored if %s, and the token is accepted', async (_, claims) => {
    expect(await callerOf(claims)).toEqual(nothing);
  });
});
