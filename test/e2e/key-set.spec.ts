import { createHmac } from 'node:crypto';
import { Client } from '../support/client';
import { type Host, Installation } from '../support/installation';
import { KeyServer } from '../support/key-server';
import { signedToken } from '../support/tokens';

/** Tokens of another issuer, whose keys are fetched from a real server. */
describe('With JWT_JWKS_URL', () => {
  let keys: KeyServer;
  let installation: Installation;

  beforeAll(async () => {
    keys = await KeyServer.start();
    installation = await Installation.create({ JWT_JWKS_URL: keys.url, JWT_SECRET: '' });
    await installation.startApplication({ ROLE: 'api' });
  });

  afterAll(async () => {
    await installation.remove();
    await keys.stop();
  });

  async function statusWith(token: string, at: Host = installation.host): Promise<number> {
    return (await new Client(at.url, token).get('/api/v1/exports/')).status;
  }

  it.each(['RS256', 'ES256'] as const)('a token of %s is accepted', async (algorithm) => {
    expect(await statusWith(await keys.token(algorithm, 'ann'))).toBe(200);
  });

  it('a token of a key that is not in the set is rejected', async () => {
    const others = await KeyServer.start();

    expect(await statusWith(await others.token('RS256', 'ann'))).toBe(401);
    expect(await statusWith(await keys.token('RS256', 'ann', 'ES256'))).toBe(401);
    expect(await statusWith(await keys.token('RS256', 'ann', 'unknown'))).toBe(401);
    await others.stop();
  });

  it('the public key is not accepted as a shared secret', async () => {
    const header = Buffer.from('{"alg":"HS256","kid":"RS256"}').toString('base64url');
    const claims = Buffer.from('{"sub":"ann","exp":4000000000}').toString('base64url');
    const signature = createHmac('sha256', keys.publicKeyText).update(`${header}.${claims}`).digest('base64url');

    expect(await statusWith(`${header}.${claims}.${signature}`)).toBe(401);
    expect(await statusWith(await signedToken('ann'))).toBe(401);
  });

  it('requests return 503 instead of 401 while the key set is unavailable', async () => {
    const away = await KeyServer.start();
    const token = await away.token('RS256', 'ann');
    const service = await installation.startApplication({ ROLE: 'api', JWT_JWKS_URL: away.url });
    await away.stop();

    const response = await new Client(service.url, token).get('/api/v1/exports/');

    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await statusWith(await signedToken('ann'), service)).toBe(401);
  });

  it('an unavailable key set is logged once a minute, however many requests fail', async () => {
    const away = await KeyServer.start();
    const token = await away.token('RS256', 'ann');
    const service = await installation.startApplication({ ROLE: 'api', JWT_JWKS_URL: away.url });
    await away.stop();
    const before = service.log.length;

    for (let request = 0; request < 5; request += 1) expect(await statusWith(token, service)).toBe(503);

    const lines = service.log.slice(before).filter(({ level }) => level === 'warn' || level === 'error');
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'warn',
        message: 'Requests fail: KeysUnavailableError',
        reason: expect.stringContaining('The key set cannot be fetched: '),
      }),
    ]);
  });
});
