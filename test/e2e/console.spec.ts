import type { Application } from '../support/application';
import { Client } from '../support/client';
import { Installation } from '../support/installation';
import { signInCode } from '../support/sign-in-codes';

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
