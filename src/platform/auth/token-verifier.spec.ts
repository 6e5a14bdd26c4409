import { SignJWT } from 'jose';
import { Config } from '../config/config';
import { TokenVerifier } from './token-verifier';

const SECRET = 's'.repeat(32);
const config = Config.from({ DATABASE_URL: 'postgres://localhost/exports', JWT_SECRET: SECRET, LINK_SECRET: SECRET });

describe('What a token says of mail', () => {
  const callerOf = async (claims: object) => {
    const token = await new SignJWT({ ...claims, roles: ['admin'] })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('ann')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(SECRET));
    return new TokenVerifier(config).verify(token);
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
