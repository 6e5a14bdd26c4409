import { Installation } from '../support/installation';

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
