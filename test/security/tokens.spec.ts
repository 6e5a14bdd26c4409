import { createHmac } from 'node:crypto';
import { Client } from '../support/client';
import { Installation } from '../support/installation';
import { TEST_SECRET } from '../support/tokens';

const LIST = '/api/v1/exports';
const ISSUER = 'https://login.example.com/';
const SETTINGS = {
  ROLE: 'api',
  JWT_ISSUER: ISSUER,
  JWT_AUDIENCE: 'exports, platform',
  JWT_REQUIRE_TENANT: 'true',
  JWT_MAX_AGE: '1h',
};

const base64url = (text: string) => Buffer.from(text).toString('base64url');

/** Signs claims as they are, also those that no library would. */
function tokenOf(claims: string): string {
  const signed = `${base64url('{"alg":"HS256"}')}.${base64url(claims)}`;
  return `${signed}.${createHmac('sha256', TEST_SECRET).update(signed).digest('base64url')}`;
}

const now = () => Math.floor(Date.now() / 1000);
const claimsWith = (claims: object) => JSON.stringify({ sub: 'ann', exp: now() + 3600, ...claims });

/** Rightly signed tokens that were not made for this service, or are not meant to last so long. */
describe('A correctly signed token', () => {
  let open: Installation;
  let strict: Installation;

  beforeAll(async () => {
    [open, strict] = await Promise.all([Installation.create(), Installation.create(SETTINGS)]);
    await Promise.all([open.startApplication({ ROLE: 'api' }), strict.startApplication()]);
  });

  afterAll(() => Promise.all([open.remove(), strict.remove()]));

  const statusAt = async (installation: Installation, claims: string) => {
    const client = new Client(installation.host.url, tokenOf(claims));
    return (await client.get(LIST)).status;
  };

  it.each([
    ['has no expiry', '{"sub":"ann"}'],
    ['expires at a number beyond all calendars', '{"sub":"ann","exp":1e300}'],
    ['expires at a number that is none', '{"sub":"ann","exp":1e999}'],
    ['expires before 1970', '{"sub":"ann","exp":-1}'],
    ['expires at a text', '{"sub":"ann","exp":"9999999999"}'],
    ['expires in a list', '{"sub":"ann","exp":[9999999999]}'],
    ['has expired', '{"sub":"ann","exp":1000000000}'],
    ['was issued at a text', '{"sub":"ann","exp":9999999999,"iat":"now"}'],
    ['is valid from a number beyond all calendars on', '{"sub":"ann","exp":9999999999,"nbf":1e300}'],
  ])('is rejected if it %s', async (_, claims) => {
    expect(await statusAt(open, claims)).toBe(401);
  });

  it('requires a user and an expiry only, without further settings', async () => {
    expect(await statusAt(open, claimsWith({}))).toBe(200);
    expect(await statusAt(open, claimsWith({ iss: 'https://other.example', aud: 'spa', iat: 0 }))).toBe(200);
  });

  it.each<[string, () => object]>([
    ['another issuer', () => ({ iss: 'https://other.example' })],
    ['no issuer', () => ({ iss: undefined })],
    ['another audience', () => ({ aud: ['spa', 'mail'] })],
    ['no audience', () => ({ aud: undefined })],
    ['no tenant', () => ({ tenant_id: undefined })],
    ['no tenant and the role of an administrator', () => ({ tenant_id: undefined, roles: ['admin'] })],
    ['no time of issue', () => ({ iat: undefined })],
    ['a time of issue that is long ago', () => ({ iat: now() - 2 * 3600 })],
    ['a time of issue in the future', () => ({ iat: now() + 600 })],
  ])('is rejected for %s if the setting requires it', async (_, changes) => {
    const right = { iss: ISSUER, aud: ['spa', 'exports'], tenant_id: 'blue', iat: now() };

    expect(await statusAt(strict, claimsWith(right))).toBe(200);
    expect(await statusAt(strict, claimsWith({ ...right, ...changes() }))).toBe(401);
  });
});
