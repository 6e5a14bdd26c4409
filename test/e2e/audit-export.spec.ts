import { randomUUID } from 'node:crypto';
import { type Client, follow } from '../support/client';
import { requestTables } from '../support/data';
import { DATA_TYPES, freshName } from '../support/data-types';
import { Installation } from '../support/installation';

const AUDIT_LOG = 'export_audit_log';

describe('An export of the audit log', () => {
  let installation: Installation;
  let root: Client;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    root = await installation.asUser('root', { roles: ['admin'] });
    ann = await installation.asUser(randomUUID(), { tenant: 'blue' });
    await installation.sql(
      `INSERT INTO export_audit_log (at, action, user_id, tenant_id, address, details)
       SELECT now() - make_interval(days => n), 'past.step', 'somebody', tenant, '10.0.0.1', jsonb_build_object('n', n)
       FROM generate_series(1, 20) AS n, unnest('{blue,red,NULL}'::text[]) AS tenant`,
    );
  });

  afterAll(() => installation.remove());

  const pastSteps = { [AUDIT_LOG]: { action: 'past.step' } };

  async function rowsFor(admin: Client, filters: object = pastSteps): Promise<Record<string, unknown>[]> {
    const id = await requestTables(admin, { tables: [AUDIT_LOG], format: 'ndjson', filters });
    const { text } = await follow((await admin.finished(id)).file_url);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  it('contains every entry for an administrator', async () => {
    const rows = await rowsFor(root);
    const recent = await rowsFor(root, { [AUDIT_LOG]: { action: 'past.step', at: { gte: 'now-7d/d' } } });

    expect(rows).toHaveLength(60);
    expect(Object.keys(rows[0]!).sort()).toEqual(
      [
        'id',
        'at',
        'action',
        'export_id',
        'schedule_id',
        'user_id',
        'tenant_id',
        'customer_id',
        'request_id',
        'address',
        'details',
      ].sort(),
    );
    expect(rows).toContainEqual(
      expect.objectContaining({ action: 'past.step', user_id: 'somebody', tenant_id: 'red', details: { n: 20 } }),
    );
    expect(recent).toHaveLength(21);
  });

  it('contains the entries of one tenant for its administrator', async () => {
    const ofBlue = await installation.asUser('root-of-blue', { tenant: 'blue', roles: ['admin'] });

    const rows = await rowsFor(ofBlue, {});

    expect(new Set(rows.map((row) => row['tenant_id']))).toEqual(new Set(['blue']));
    expect(rows.filter((row) => row['action'] === 'past.step')).toHaveLength(20);
  });

  it.each([{ type: 'partial' }, { type: 'realtime' }])(
    'is refused as personal data, requested as %j',
    async (request) => {
      for (const person of [ann, root]) {
        const response = await person.post('/api/exports', { ...request, format: 'json', data_types: ['audit'] });

        expect([response.status, response.body.errors]).toEqual([
          400,
          [
            {
              field: 'data_types',
              message: expect.stringContaining('cannot be restricted to an owner'),
              code: 'invalid',
            },
          ],
        ]);
      }
    },
  );

  it('is not part of the personal data of a user', async () => {
    const file = await ann.finished(
      (await ann.post('/api/exports', { type: 'full', format: 'json' })).body.id as string,
    );
    const offered = async (person: Client) =>
      ((await person.get(DATA_TYPES)).body.results as { name: string }[]).map(({ name }) => name);

    const { data } = (await follow(file.file_url)).body as { data: object };

    expect(Object.keys(data)).toContain('profile');
    expect(Object.keys(data)).not.toContain('audit');
    expect(await offered(ann)).not.toContain('audit');
    expect(await offered(root)).toContain('audit');
  });

  it('is refused to users who are not administrators', async () => {
    const response = await ann.post('/api/export/bulk', { tables: [AUDIT_LOG], format: 'csv' });

    expect([response.status, response.body.error]).toEqual([403, 'Admin role required']);
  });

  it.each(['exports', 'export_deliveries', 'archive.scheduled_exports', 'export_audit_log_default'])(
    'is the only table of the service: %s is refused',
    async (table) => {
      const { status, body } = await root.post(DATA_TYPES, { name: freshName(), tables: [table] });

      expect([status, body.errors]).toEqual([
        400,
        [
          {
            field: 'tables.0',
            message: expect.stringContaining('a table of this service, which is never exported'),
            code: 'invalid',
          },
        ],
      ]);
    },
  );

  it('is the only table of the service that can be exported, also by an old data type', async () => {
    await installation.sql(
      `INSERT INTO export_data_types (id, name, tables, owners) VALUES ($1, $2, '["exports", "transactions"]', '{}')`,
      randomUUID(),
      freshName(),
    );

    const response = await root.post('/api/export/bulk', { tables: ['exports'], format: 'csv' });

    expect([response.status, response.body.errors]).toEqual([
      400,
      [{ field: 'tables.0', message: 'unknown table "exports"', code: 'unknown-table' }],
    ]);
  });
});
