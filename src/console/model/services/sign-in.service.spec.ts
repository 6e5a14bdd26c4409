import { signInCode } from '../../../../test/support/sign-in-codes';
import { testConfig } from '../../../../test/support/test-config';
import { signedToken } from '../../../../test/support/tokens';
import { TokenVerifier } from '../../../platform/auth/token-verifier';
import { type SignInLink, UsedSignInLinks } from '../domain/used-sign-in-links';
import { SignInService } from './sign-in.service';

const HOUR_MS = 3_600_000;
const INVALID = expect.objectContaining({ kind: 'unauthenticated', code: 'sign-in-link-invalid' }) as unknown;
const USED = expect.objectContaining({ kind: 'unauthenticated', code: 'sign-in-link-used' }) as unknown;

class UsedSignInLinksInMemory extends UsedSignInLinks {
  readonly ids = new Set<string>();

  override use({ id }: SignInLink): Promise<boolean> {
    const isFirst = !this.ids.has(id);
    this.ids.add(id);
    return Promise.resolve(isFirst);
  }

  override deleteExpired(): Promise<void> {
    return Promise.resolve();
  }
}

function createService(environment: Record<string, string> = {}) {
  const config = testConfig(environment);
  const used = new UsedSignInLinksInMemory();
  const verifier = new TokenVerifier(config);
  return { service: new SignInService(config, verifier, used), verifier, used };
}

describe('The exchange of a sign-in code', () => {
  it('gives a token of the person for as long as the code says', async () => {
    const { service, verifier } = createService();
    const claims = { roles: ['admin'], tenant_id: 'school', email: 'ann@example.com', locale: 'uk' };

    const { token, expiresAt } = await service.exchange(await signInCode('ann', { claims, hours: 2 }));

    const verified = await verifier.verify(token);
    expect(verified).toEqual({
      caller: { userId: 'ann', tenantId: 'school', roles: ['admin'], email: 'ann@example.com', locale: 'uk' },
      expiresAt,
    });
    expect(expiresAt.getTime() - Date.now()).toBeGreaterThan(2 * HOUR_MS - 60_000);
    expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(2 * HOUR_MS);
  });

  it('is refused the second time', async () => {
    const { service } = createService();
    const code = await signInCode('ann');
    await service.exchange(code);

    await expect(service.exchange(code)).rejects.toEqual(USED);
  });

  it.each<[string, () => Promise<string>]>([
    ['no code', () => Promise.resolve('nothing')],
    ['signed with another secret', () => signInCode('ann', { secret: 'x'.repeat(32) })],
    ['an access token', () => signedToken('ann')],
    ['of the type JWT', () => signInCode('ann', { type: 'JWT' })],
    ['of its type in other letters', () => signInCode('ann', { type: 'Console-Sign-In' })],
    ['expired', () => signInCode('ann', { expires: '-1s' })],
    ['valid for more than ten minutes', () => signInCode('ann', { expires: '12m' })],
    ['without an id', () => signInCode('ann', { id: null })],
    ['with a short id', () => signInCode('ann', { id: '1' })],
    ['for a session of more than 12 hours', () => signInCode('ann', { hours: 12.1 })],
    ['for a session that has ended', () => signInCode('ann', { hours: 0 })],
    ['for a session of unknown length', () => signInCode('ann', { hours: '12' })],
    ['for no user', () => signInCode('')],
    ['for a tenant without a name', () => signInCode('ann', { claims: { tenant_id: '' } })],
  ])('refuses what is %s, and leaves it unused', async (_, make) => {
    const { service, used } = createService();

    await expect(service.exchange(await make())).rejects.toEqual(INVALID);
    expect(used.ids.size).toBe(0);
  });

  it('refuses a code without a tenant where JWT_REQUIRE_TENANT is set', async () => {
    const { service } = createService({ JWT_REQUIRE_TENANT: 'true' });

    await expect(service.exchange(await signInCode('ann'))).rejects.toEqual(INVALID);
    await expect(service.exchange(await signInCode('ann', { claims: { tenant_id: 'school' } }))).resolves.toBeTruthy();
  });

  it('gives a token that lives no longer than JWT_MAX_AGE', async () => {
    const { service } = createService({ JWT_MAX_AGE: '1h' });

    const { expiresAt } = await service.exchange(await signInCode('ann'));

    expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(HOUR_MS);
  });

  it('gives a token of the configured issuer, for the first audience', async () => {
    const { service } = createService({ JWT_ISSUER: 'https://login.example.com/', JWT_AUDIENCE: 'exports, others' });

    const { token } = await service.exchange(await signInCode('ann'));

    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as unknown;
    expect(claims).toMatchObject({ iss: 'https://login.example.com/', aud: 'exports', iat: expect.any(Number) });
  });

  it.each([
    ['without a secret', { JWT_SECRET: '', JWT_JWKS_URL: 'https://login.example.com/keys' }, false],
    ['without a console', { CONSOLE: 'off' }, false],
    ['with both', {}, true],
  ])('is available %s: %s', async (_, environment: Record<string, string>, isAvailable) => {
    const { service } = createService(environment);

    expect(service.isAvailable).toBe(isAvailable);
    if (!isAvailable) await expect(service.exchange(await signInCode('ann'))).rejects.toEqual(INVALID);
  });
});
