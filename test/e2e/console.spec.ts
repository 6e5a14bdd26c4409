import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Application } from '../support/application';
import { Client } from '../support/client';
import { Installation } from '../support/installation';
import { OidcIssuer } from '../support/oidc-issuer';
import { signInCode } from '../support/sign-in-codes';
import { TEST_SECRET } from '../support/tokens';

const PROJECT = join(__dirname, '../..');

describe('GET /session', () => {
  let installation: Installation;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ ROLE: 'api' }));
  });

  afterAll(() => installation.remove());

  it('says who the caller is, what the caller may do, and until when', async () => {
    const expires = Math.floor(Date.now() / 1000) + 600;
    const ann = await installation.asUser('ann', {
      tenant: 'school',
      roles: ['teacher'],
      email: 'ann@example.com',
      locale: 'uk',
      expires,
    });

    const { status, headers, body } = await ann.get('/api/v1/session');

    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      user_id: 'ann',
      tenant_id: 'school',
      email: 'ann@example.com',
      locale: 'uk',
      is_admin: false,
      is_admin_of_all_tenants: false,
      expires_at: new Date(expires * 1000).toISOString(),
    });
  });

  it.each([
    ['of one tenant', 'school', { tenant_id: 'school', is_admin: true, is_admin_of_all_tenants: false }],
    ['of all tenants', undefined, { tenant_id: null, is_admin: true, is_admin_of_all_tenants: true }],
  ])('tells an administrator %s from others', async (_, tenant, rights) => {
    const boss = await installation.asUser('boss', { tenant, roles: ['admin'] });

    expect((await boss.get('/api/v1/session')).body).toMatchObject({ ...rights, email: null, locale: null });
  });

  it('needs the token of a user', async () => {
    const customer = await installation.asCustomer();

    for (const caller of [installation.asAnonymous(), customer]) {
      const { status, body } = await caller.get('/api/v1/session');
      expect([status, body.code]).toEqual([401, 'unauthorized']);
    }
  });
});

describe('POST /console/sign-in', () => {
  const PATH = '/api/v1/console/sign-in';
  let installation: Installation;
  let application: Application;

  beforeAll(async () => {
    ({ installation, application } = await Installation.withApplication({ ROLE: 'api' }));
  });

  afterAll(() => installation.remove());

  const exchange = (code: unknown, at: Application = application) =>
    new Client(at.url, undefined, at.transport).post(PATH, { code });

  it('exchanges a code for a token, writes that to the audit log, and never logs the code', async () => {
    const code = await signInCode('ann', { claims: { roles: ['admin'], tenant_id: 'school' } });

    const { status, headers, body } = await exchange(code);

    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    const ann = new Client(application.url, body.token as string, application.transport);
    const session = await ann.get('/api/v1/session');
    expect(session.body).toMatchObject({ user_id: 'ann', tenant_id: 'school', expires_at: body.expires_at });
    const entries = await ann.get('/api/v1/exports/audit?action=console.signed-in');
    expect(entries.body.results).toEqual([
      expect.objectContaining({ action: 'console.signed-in', user_id: 'ann', tenant_id: 'school' }),
    ]);
    expect(application.output.join('\n')).not.toContain(code);
  });

  it('exchanges the code of a link that npm run console-link prints', async () => {
    const args = ['dev/console-link.mjs', '--sub', 'ann', '--role', 'admin', '--hours', '1', '--url', application.url];
    const env = { ...process.env, JWT_SECRET: TEST_SECRET };
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: PROJECT, env });
    const [address, code] = stdout.trim().split('/#/sign-in/');

    const { status, body } = await exchange(code);

    expect([address, status]).toEqual([`${application.url}/console`, 200]);
    const session = await new Client(application.url, body.token as string, application.transport).get(
      '/api/v1/session',
    );
    expect(session.body).toMatchObject({ user_id: 'ann', is_admin_of_all_tenants: true });
  });

  it('refuses a used code and a wrong one with different codes', async () => {
    const code = await signInCode('ann');
    await exchange(code);

    const [used, wrong, missing] = [await exchange(code), await exchange(`${code}A`), await exchange(undefined)];

    expect([used.status, used.body.code]).toEqual([401, 'sign-in-link-used']);
    expect([wrong.status, wrong.body.code]).toEqual([401, 'sign-in-link-invalid']);
    expect([missing.status, missing.body.errors[0].field]).toEqual([400, 'code']);
  });

  it('gives one token among concurrent exchanges in two processes', async () => {
    const other = await installation.startApplication({ ROLE: 'api' });
    const code = await signInCode('bob');

    const responses = await Promise.all(
      Array.from({ length: 10 }, (_, index) => exchange(code, index % 2 === 0 ? application : other)),
    );

    const statuses = responses.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array<number>(9).fill(401)]);
    const entries = await installation.sql(`SELECT FROM export_audit_log WHERE user_id = 'bob'`);
    expect(entries).toHaveLength(1);
  });

  it('gives a code that is no bearer token', async () => {
    const holder = new Client(application.url, await signInCode('ann'), application.transport);

    for (const path of ['/api/v1/session', '/api/v1/exports']) expect((await holder.get(path)).status).toBe(401);
  });

  it('deletes codes an hour after they have expired', async () => {
    await installation.sql(`INSERT INTO console_sign_ins VALUES
      ('long-expired', now() - interval '61 minutes'), ('just-expired', now() - interval '59 minutes')`);

    await exchange(await signInCode('ann'));

    const rows = await installation.sql<{ id: string }>(`SELECT id FROM console_sign_ins WHERE id LIKE '%-expired'`);
    expect(rows).toEqual([{ id: 'just-expired' }]);
  });

  it('is absent where the console is off', async () => {
    const without = await installation.startApplication({ ROLE: 'api', CONSOLE: 'off' });

    expect((await exchange(await signInCode('ann'), without)).status).toBe(404);
    expect((await new Client(without.url, undefined, without.transport).get('/console/config.json')).status).toBe(404);
  });

  it('is offered to the console where it exists', async () => {
    const { body } = await installation.asAnonymous().get('/console/config.json');

    expect(body).toEqual({ oidc: null, sign_in_links: true });
  });
});

describe('With CONSOLE_OIDC_ISSUER', () => {
  const REDIRECT_URI = 'http://localhost/console/';
  const VERIFIER = 'v'.repeat(43);
  let issuer: OidcIssuer;
  let installation: Installation;
  let application: Application;

  beforeAll(async () => {
    issuer = await OidcIssuer.start({ issuesRefreshTokens: true });
    const environment = { ROLE: 'api', JWT_SECRET: '', ...issuer.environment };
    ({ installation, application } = await Installation.withApplication(environment));
  });

  afterAll(async () => {
    await installation.remove();
    await issuer.stop();
  });

  /** Signs in as the console does. @returns where the issuer sends the browser */
  async function authorize(change: Record<string, string> = {}): Promise<URLSearchParams> {
    const query = new URLSearchParams({
      client_id: 'export-console',
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid',
      state: 'the state',
      nonce: 'the nonce',
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      code_challenge_method: 'S256',
      ...change,
    });
    const response = await fetch(`${issuer.url}/authorize?${query.toString()}`, { redirect: 'manual' });
    return new URL(response.headers.get('location')!).searchParams;
  }

  async function requestTokens(form: Record<string, string>) {
    const body = new URLSearchParams({ client_id: 'export-console', ...form });
    const response = await fetch(`${issuer.url}/token`, { method: 'POST', body });
    return { status: response.status, tokens: (await response.json()) as Record<string, string> };
  }

  const redeem = (code: string, verifier = VERIFIER) =>
    requestTokens({ grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: REDIRECT_URI });

  const sessionWith = (token: string) =>
    new Client(application.url, token, application.transport).get('/api/v1/session');

  it('names the issuer to the console, and offers no sign-in links without JWT_SECRET', async () => {
    const { body } = await installation.asAnonymous().get('/console/config.json');

    const oidc = { issuer: issuer.url, client_id: 'export-console', scope: 'openid' };
    expect(body).toEqual({ oidc, sign_in_links: false });
    const code = await signInCode('ann');
    expect((await installation.asAnonymous().post('/api/v1/console/sign-in', { code })).status).toBe(404);
  });

  it('accepts the access tokens of the issuer, and no ID tokens', async () => {
    issuer.person = { sub: 'ann', roles: ['admin'], tenant_id: 'school', locale: 'uk' };
    const returned = await authorize();
    const { tokens } = await redeem(returned.get('code')!);

    const session = await sessionWith(tokens['access_token']!);

    expect(returned.get('state')).toBe('the state');
    expect(session.body).toMatchObject({ user_id: 'ann', tenant_id: 'school', locale: 'uk', is_admin: true });
    expect((await sessionWith(tokens['id_token']!)).status).toBe(401);
    const claims = JSON.parse(Buffer.from(tokens['id_token']!.split('.')[1]!, 'base64url').toString()) as object;
    expect(claims).toMatchObject({ iss: issuer.url, aud: 'export-console', nonce: 'the nonce' });
    const refreshed = await requestTokens({ grant_type: 'refresh_token', refresh_token: tokens['refresh_token']! });
    expect((await sessionWith(refreshed.tokens['access_token']!)).status).toBe(200);
  });

  it('meets an issuer that insists on PKCE, a state, and one use of each code', async () => {
    const [plain, stateless] = [await authorize({ code_challenge_method: 'plain' }), await authorize({ state: '' })];
    const code = (await authorize()).get('code')!;
    const wrong = await redeem(code, 'w'.repeat(43));
    const again = await redeem(code);

    expect([plain.get('error'), stateless.get('error')]).toEqual(['invalid_request', 'invalid_request']);
    expect([wrong.status, wrong.tokens['error']]).toEqual([400, 'invalid_grant']);
    expect([again.status, again.tokens['error']]).toEqual([400, 'invalid_grant']);
  });
});
