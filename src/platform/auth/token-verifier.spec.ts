import { type JWTPayload, SignJWT } from 'jose';
import { KeyServer } from '../../../test/support/key-server';
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

describe('A token that is signed with the shared secret', () => {
  const verifier = new TokenVerifier(config);
  const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

  it('names the user, the tenant and the roles', async () => {
    const token = await tokenOf({ tenant_id: 'blue', roles: ['admin', 7, 'author'] });

    expect(await verifier.verify(token)).toEqual({ userId: 'ann', tenantId: 'blue', roles: ['admin', 'author'] });
  });

  it('is valid for a few seconds after its expiry, as clocks differ', async () => {
    expect(await verifier.verify(await tokenOf({ exp: secondsFromNow(-2) }))).toMatchObject({ userId: 'ann' });
    await expect(verifier.verify(await tokenOf({ exp: secondsFromNow(-8) }))).rejects.toThrow('not valid');
  });

  it.each<[string, JWTPayload]>([
    ['is not valid yet', { nbf: secondsFromNow(60) }],
    ['names no user', { sub: undefined }],
    ['names a user by an empty text', { sub: '' }],
    ['names a user by a text that no database can keep', { sub: 'a\0nn' }],
    ['names a tenant by a number', { tenant_id: 7 }],
    ['names a tenant by an empty text', { tenant_id: '' }],
  ])('is refused where it %s', async (_, claims) => {
    await expect(verifier.verify(await tokenOf(claims))).rejects.toThrow(/not valid|names no|not a name/);
  });

  it('is refused where another secret or another algorithm signed it', async () => {
    for (const signing of [{ secret: 't'.repeat(32) }, { alg: 'HS512', secret: SECRET.repeat(2) }]) {
      await expect(verifier.verify(await tokenOf({}, signing))).rejects.toThrow('not valid');
    }
  });

  it('is refused where nothing signed it', async () => {
    const [, claims] = (await tokenOf({})).split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');

    await expect(verifier.verify(`${header}.${claims}.`)).rejects.toThrow('not valid');
  });
});

describe('A token that is signed with a key of the key set', () => {
  let keys: KeyServer;
  let verifier: TokenVerifier;

  beforeAll(async () => {
    keys = await KeyServer.start();
    for (const algorithm of ['RS512', 'EdDSA'] as const) await keys.addKey(algorithm);
    verifier = new TokenVerifier(Config.from({ ...NEEDED, JWT_JWKS_URL: keys.url }));
  });

  afterAll(() => keys.stop());

  it.each(['RS256', 'ES256'] as const)('is accepted for %s', async (algorithm) => {
    expect(await verifier.verify(await keys.token(algorithm, 'ann'))).toMatchObject({ userId: 'ann' });
  });

  it.each(['RS512', 'EdDSA'] as const)('is refused for %s, though the key is in the set', async (algorithm) => {
    await expect(verifier.verify(await keys.token(algorithm, 'ann'))).rejects.toThrow('not valid');
  });

  it('is the only one that is accepted where there is no shared secret', async () => {
    await expect(verifier.verify(await tokenOf({}))).rejects.toThrow('not valid');
  });
});

describe('What a token says of mail', () => {
  const callerOf = async (claims: object) => {
    return new TokenVerifier(config).verify(await tokenOf({ ...claims, roles: ['admin'] }));
  };
  const nothing = { userId: 'ann', tenantId: null, roles: ['admin'] };

  it('is taken over', async () => {
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
  ])('is passed over where %s, and the token counts', async (_, claims) => {
    expect(await callerOf(claims)).toEqual(nothing);
  });
});
