import { randomUUID } from 'node:crypto';
import { Client, follow, sha256 } from '../support/client';
import { requestRows, requestTables } from '../support/data';
import { Installation } from '../support/installation';
import { signedToken } from '../support/tokens';

const OWN = { type: 'partial', format: 'csv', data_types: ['transactions'] };
const BULK = { tables: ['transactions'], format: 'csv' };

/** Ann and Bob are of the tenant blue, Cid is of red; each has ten transactions. */
describe('Access to exports of rows', () => {
  let installation: Installation;
  let ids: Record<'ann' | 'bob' | 'cid', string>;
  let ann: Client;
  let annsExport: string;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    ids = { ann: randomUUID(), bob: randomUUID(), cid: randomUUID() };
    for (const [name, tenant] of Object.entries({ ann: 'blue', bob: 'blue', cid: 'red' })) {
      const id = ids[name as 'ann'];
      await installation.sql(
        `INSERT INTO users (id, tenant_id, name, email, password_hash) VALUES ($1, $2, $3, $3 || '@example.com', 'hash-of-' || $3)`,
        id,
        tenant,
        name,
      );
      await installation.sql(
        `INSERT INTO transactions (user_id, tenant_id, amount, currency, status)
         SELECT $1, $2, n, 'EUR', 'paid' FROM generate_series(1, 10) n`,
        id,
        tenant,
      );
    }
    ann = await installation.asUser(ids.ann, { tenant: 'blue' });
    annsExport = await requestRows(ann, 'transactions');
    await ann.finished(annsExport);
  });

  afterAll(() => installation.remove());

  /** Every data endpoint, in every way to write it. */
  function routes(): [string, string, object?][] {
    const paths: [string, string, object?][] = [
      ['POST', '/exports', OWN],
      ['GET', '/exports'],
      ['GET', '/exports/data-types'],
      ['GET', `/exports/${annsExport}`],
      ['GET', `/exports/${annsExport}/download`],
      ['DELETE', `/exports/${annsExport}`],
      ['POST', '/export/bulk', BULK],
      ['GET', `/export/user/${ids.ann}`],
    ];
    return paths.flatMap(([method, path, body]) =>
      ['/api', '/api/v1'].flatMap((base) =>
        ['', '/'].map((slash): [string, string, object?] => [method, `${base}${path}${slash}`, body]),
      ),
    );
  }

  it.each<[string, () => Promise<string | undefined>]>([
    ['no token', () => Promise.resolve(undefined)],
    ['an expired token', () => signedToken(ids.ann, { tenant: 'blue', expires: Math.floor(Date.now() / 1000) - 60 })],
    ['a token of another secret', () => signedToken(ids.ann, { tenant: 'blue', secret: 'x'.repeat(40) })],
  ])('rejects callers with %s', async (_, token) => {
    const otherUser = new Client(ann.url, await token());

    for (const [method, path, body] of routes()) {
      const { status } = await otherUser.send(method, path, body);
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  });

  it.each<[string, () => Promise<Client>]>([
    ['another user of the tenant', () => installation.asUser(ids.bob, { tenant: 'blue' })],
    ['a user of another tenant', () => installation.asUser(ids.cid, { tenant: 'red' })],
    ['an administrator of another tenant', () => installation.asUser('root', { tenant: 'red', roles: ['admin'] })],
    ['the same user without a tenant', () => installation.asUser(ids.ann)],
    ['an administrator of the tenant', () => installation.asUser('root', { tenant: 'blue', roles: ['admin'] })],
  ])('hides one export from %s', async (_, person) => {
    const otherUser = await person();

    for (const [method, path] of routes().filter(([, path]) => path.includes(annsExport))) {
      const { status, body } = await otherUser.send(method, path);
      expect([method, path, status, body.detail]).toEqual([method, path, 404, 'Export not found']);
    }
    expect((await ann.status(annsExport)).status).toBe('completed');
  });

  it('rejects users who request whole tables or another user’s rows', async () => {
    const bob = await installation.asUser(ids.bob, { tenant: 'blue', roles: ['user', 'Admin', 'administrator'] });

    for (const [method, path, body] of routes().filter(([, path]) => /\/(bulk|user)/.test(path))) {
      const response = await bob.send(method, path, body);
      const reason = path.includes('bulk') ? 'Admin role required' : 'Insufficient permissions';
      expect([path, response.status]).toEqual([path, 403]);
      expect(response.body).toMatchObject({ error: reason, detail: reason });
    }
  });

  it('gives administrators of a tenant the rows of that tenant', async () => {
    const admin = await installation.asUser('root', { tenant: 'blue', roles: ['admin'] });

    const tables = await admin.finished(await requestTables(admin, { tables: ['transactions', 'users'] }));
    const filtered = await admin.finished(
      await requestTables(admin, { tables: ['transactions'], filters: { transactions: { tenant_id: 'red' } } }),
    );
    const [own, others, nobodys] = await Promise.all(
      [ids.ann, ids.cid, randomUUID()].map((id) => admin.get(`/api/export/user/${id}?format=csv`)),
    );

    expect(tables.record_count).toBe(22);
    expect(filtered.record_count).toBe(0);
    expect([others!.status, others!.body.detail]).toEqual([404, 'User not found']);
    expect(nobodys!.status).toBe(404);
    expect([own!.status, own!.text.split('\n')[0]!.split(',')[0]]).toEqual([200, 'table']);
  });

  it('gives administrators without a tenant all rows', async () => {
    const admin = await installation.asUser('root', { roles: ['admin'] });

    const { record_count: count } = await admin.finished(await requestTables(admin, { tables: ['transactions'] }));

    expect(count).toBe(30);
  });

  it.each(['no-uuid', '0', `' OR true --`, '00000000-0000-0000-0000-00000000000g', 'û', '*', '%'])(
    'gives a user with the id %s no rows',
    async (sub) => {
      const person = await installation.asUser(sub);

      const response = await person.post('/api/exports', { type: 'full', format: 'csv' });
      const record = await person.finished(response.body.id as string);

      expect(record).toMatchObject({ status: 'completed', error: null, record_count: 0 });
    },
  );

  it('exports a sensitive column only if a data type lists it', async () => {
    const admin = await installation.asUser('root', { roles: ['admin'] });
    const rows = async () => {
      const { file_url: link } = await admin.finished(await requestTables(admin, { tables: ['users'] }));
      return (await follow(link)).text;
    };

    const usually = await rows();
    const requested = await admin.post('/api/export/bulk', { ...BULK, tables: ['users'], columns: ['password_hash'] });
    const filtered = await admin.post('/api/export/bulk', {
      tables: ['users'],
      format: 'csv',
      filters: { users: { password_hash: { like: 'hash%' } } },
    });
    await installation.sql(
      `INSERT INTO export_data_types (name, tables, columns, owners) VALUES ('secrets', '["users"]', '{"users": ["id", "password_hash"]}', '{"users": "id"}')`,
    );
    const listed = await rows();
    const profile = await ann.finished(await requestRows(ann, 'profile'));
    const ofSecrets = await follow((await ann.finished(await requestRows(ann, 'secrets'))).file_url);

    expect(usually).not.toContain('hash');
    expect([requested.status, filtered.status]).toEqual([400, 400]);
    expect(requested.body.errors).toMatchObject([{ message: 'unknown column "password_hash"' }]);
    expect(filtered.body.errors).toMatchObject([{ message: 'unknown column "password_hash"' }]);
    expect(listed).toContain('hash-of-ann');
    expect((await follow(profile.file_url)).bytes.includes('password_hash')).toBe(false);
    expect(ofSecrets.text).toBe(`id,password_hash\n${ids.ann},hash-of-ann\n`);
  });

  it('gives the owner the export under every spelling of the path', async () => {
    const record = await ann.status(annsExport);

    for (const [method, path] of routes().filter(([method, path]) => method === 'GET' && path.includes(annsExport))) {
      const response = await ann.send(method, path);
      expect([path, response.status]).toEqual([path, 200]);
      if (path.includes('download')) expect(sha256(response.bytes)).toBe(record.sha256);
      else expect(response.body).toMatchObject({ id: annsExport });
    }
    for (const base of ['/api/exports', '/api/exports/', '/api/v1/exports', '/api/v1/exports/'])
      expect((await ann.post(base, OWN)).status).toBe(201);
  });
});
