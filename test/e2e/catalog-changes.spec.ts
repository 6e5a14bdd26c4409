import { Client } from '../support/client';
import { addDataType, DATA_TYPES, freshName } from '../support/data-types';
import { Installation } from '../support/installation';
import { signedToken } from '../support/tokens';

interface Refusal {
  readonly status: number;
}

describe('A change of the catalog', () => {
  let installation: Installation;
  let root: Client;
  let ann: Client;

  beforeAll(async () => {
    installation = await Installation.create();
    await installation.startApplication({ ROLE: 'api' });
    root = await installation.asUser('root', { roles: ['admin'] });
    ann = await installation.asUser('ann', { tenant: 'blue' });
  });

  afterAll(() => installation.remove());

  /** What is wrong, by field. */
  function wrong(body: { errors?: { field: string; message: string }[] }): Record<string, string> {
    return Object.fromEntries((body.errors ?? []).map(({ field, message }) => [field, message]));
  }

  /** The whole catalog as the database has it. */
  function everything(): Promise<unknown[]> {
    return installation.sql('SELECT * FROM export_data_types ORDER BY id');
  }

  it('is rejected with a list of everything that the database does not have', async () => {
    const before = await everything();

    const refused = await root.post(DATA_TYPES, {
      name: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
      tables: [
        'nowhere',
        'users',
        'users',
        'idempotency_keys',
        '_prisma_migrations',
        'bullmq.job',
        'pg_catalog.pg_authid',
      ],
      columns: { users: ['id', 'name', 'email', 'shoe_size'], loose: ['id'], nowhere: ['anything'] },
      owners: { users: 'created_at', invoices: 'user_id' },
    });

    expect(refused.status).toBe(400);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(Object.keys(wrong(refused.body))).toEqual([
      'name',
      'tables.0',
      'tables.2',
      'tables.3',
      'tables.4',
      'tables.5',
      'tables.6',
      'columns.users.3',
      'columns.loose',
      'owners.users',
      'owners.invoices',
    ]);
    expect(wrong(refused.body)).toMatchObject({
      'tables.0': expect.stringContaining('"nowhere"'),
      'columns.users.3': expect.stringContaining('"shoe_size"'),
      'owners.users': expect.stringContaining('"created_at"'),
    });
    expect(await everything()).toEqual(before);
  });

  it('is validated when a data type is replaced, too', async () => {
    const { id } = await addDataType(root);
    const before = await everything();

    const refused = await root.put(`${DATA_TYPES}/${id}`, { name: freshName(), tables: ['users', 'nowhere'] });

    expect([refused.status, Object.keys(wrong(refused.body))]).toEqual([400, ['tables.1']]);
    expect(await everything()).toEqual(before);
  });

  it.each<[string, object, string]>([
    ['no name', { name: undefined }, 'name'],
    ['a name that is a number', { name: 7 }, 'name'],
    ['no tables', { tables: undefined }, 'tables'],
    ['an empty list of tables', { tables: [] }, 'tables'],
    ['one table that is no list', { tables: 'users' }, 'tables'],
    ['a table that is no text', { tables: ['users', 7] }, 'tables'],
    ['a hundred and one tables', { tables: Array.from({ length: 101 }, (_, index) => `t${index}`) }, 'tables'],
    ['a list for its columns', { columns: ['id'] }, 'columns'],
    ['an empty list of columns', { columns: { users: [] } }, 'columns.users'],
    ['a text for its owners', { owners: 'user_id' }, 'owners'],
    ['a NUL in its description', { description: 'a\0b' }, 'description'],
    ['a NUL in the name of a table', { tables: ['us\0ers'] }, 'tables.0'],
    ['half a surrogate pair in the name of a table', { tables: ['users\ud800'] }, 'tables.0'],
    ['a NUL in its name', { name: 'a\0b' }, 'name'],
    ['a text for whether it is active', { is_active: 'yes' }, 'is_active'],
    ['a field that nobody knows', { owner: 'id' }, 'owner'],
    ['an id of its own', { id: '0192f0c1-2222-7000-8000-00000000000a' }, 'id'],
  ])('is rejected with %s', async (_, change, field) => {
    const refused = await root.post(DATA_TYPES, { name: freshName(), tables: ['users'], ...change });

    expect([refused.status, Object.keys(wrong(refused.body))]).toEqual([400, [field]]);
  });

  /** What each way to change the catalog is answered with; none may have an effect. */
  async function refusalsOf(client: Client): Promise<Refusal[]> {
    const { id } = await addDataType(root);
    const body = { name: freshName(), tables: ['users'] };
    const before = await everything();
    const responses = [
      await client.post(DATA_TYPES, body),
      await client.post(DATA_TYPES, { nonsense: true }),
      await client.put(`${DATA_TYPES}/${id}`, body),
      await client.delete(`${DATA_TYPES}/${id}`),
      await client.delete(`${DATA_TYPES}/none`),
    ];
    expect(await everything()).toEqual(before);
    return responses.map(({ body: refusal }) => refusal as Refusal);
  }

  it('requires an administrator', async () => {
    const refusals = await refusalsOf(ann);

    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ status: 403, detail: 'Admin role required', error: 'Admin role required' });
    }
  });

  it('is not allowed for an administrator of one tenant', async () => {
    const refusals = await refusalsOf(await installation.asUser('boss', { roles: ['admin'], tenant: 'blue' }));

    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        status: 403,
        code: 'shared-by-tenants',
        detail: expect.stringContaining('shared by all tenants'),
      });
    }
  });

  it.each([
    ['no token', undefined],
    ['an expired token', Math.floor(Date.now() / 1000) - 60],
  ])('is rejected for %s', async (_, expires) => {
    const token = expires === undefined ? undefined : await signedToken('root', { roles: ['admin'], expires });
    const otherUser = new Client(root.url, token);
    const { id } = await addDataType(root);

    const read = [await otherUser.get(DATA_TYPES), await otherUser.get(`${DATA_TYPES}/${id}`)];
    const refusals = await refusalsOf(otherUser);

    for (const { status } of [...read, ...refusals]) expect(status).toBe(401);
  });
});
