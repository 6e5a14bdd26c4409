import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { applyMigrations } from '../../src/platform/database/migrations';
import { scaled } from '../support/machine';
import { createBlankDatabase, createTestDatabase, type TestDatabase } from '../support/test-database';

const MIGRATIONS = join(__dirname, '../../prisma/migrations');
/** The first migration of the conversion. */
const CONVERSION = '20261129132100_audit_log_key';

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

describe('The conversion of the audit log to monthly partitions', () => {
  let database: TestDatabase;
  let client: Client;
  let earlier: string;

  beforeEach(async () => {
    database = await createBlankDatabase();
    earlier = await mkdtemp(join(tmpdir(), 'migrations-'));
    for (const name of await readdir(MIGRATIONS)) {
      if (name < CONVERSION) await cp(join(MIGRATIONS, name), join(earlier, name), { recursive: true });
    }
    await applyMigrations(database.url, earlier);
    client = await connected(database.url);
    await client.query(`
      INSERT INTO export_audit_log (at, action, tenant_id)
      SELECT now() - make_interval(days => n), 'past.step', 'blue' FROM generate_series(1, 500) AS n`);
  });

  afterEach(async () => {
    await client.end();
    await database.drop();
    await rm(earlier, { recursive: true, force: true });
  });

  const convert = () => applyMigrations(database.url, MIGRATIONS);

  const rows = async (statement: string) => (await client.query<Record<string, unknown>>(statement)).rows;

  it('keeps every entry, its id and its order, also of entries after the boundary', async () => {
    await client.query(`INSERT INTO export_audit_log (at, action) VALUES (now() + interval '400 days', 'future.step')`);
    const all = 'SELECT id, at, action, tenant_id FROM export_audit_log ORDER BY at DESC, id DESC';
    const before = await rows(all);

    await convert();

    expect(await rows(all)).toEqual(before);
    const [next] = await rows(`INSERT INTO export_audit_log (action) VALUES ('next.step') RETURNING id`);
    expect(next).toEqual({ id: '502' });
  });

  it('does not block processes of the last release, even during a long read of the log', async () => {
    const reader = await connected(database.url);
    await reader.query('BEGIN; SELECT count(*) FROM export_audit_log');
    const writers = await Promise.all([1, 2, 3].map(() => connected(database.url)));
    let isOver = false;
    let slowest = 0;
    const written = writers.map(async (writer) => {
      let count = 0;
      for (; !isOver; count += 1) {
        const start = performance.now();
        // As a Prisma client prepares it, and keeps it prepared.
        await writer.query({
          name: 'insert',
          text: 'INSERT INTO "public"."export_audit_log" ("action","user_id","details") VALUES ($1,$2,$3)',
          values: ['during.step', 'ann', {}],
        });
        await writer.query({
          name: 'page',
          text: `SELECT id, at, action FROM export_audit_log
                 WHERE (at, id) < ((SELECT at FROM export_audit_log WHERE id = $1::bigint), $1::bigint)
                 ORDER BY at DESC, id DESC LIMIT 5`,
          values: [100],
        });
        slowest = Math.max(slowest, performance.now() - start);
      }
      return count;
    });

    const converted = convert();
    // It waits for the reader by then.
    while (!(await rows(`SELECT FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'`)).length)
      await client.query('SELECT pg_sleep(0.01)');
    await reader.query('COMMIT');
    await converted;
    for (let turn = 0; turn < 20; turn += 1) await client.query('SELECT pg_sleep(0.01)');
    isOver = true;

    const count = (await Promise.all(written)).reduce((sum, one) => sum + one, 0);
    expect(await rows(`SELECT count(*)::int FROM export_audit_log WHERE action = 'during.step'`)).toEqual([{ count }]);
    expect(slowest).toBeLessThan(scaled(5_000));
    await Promise.all([reader, ...writers].map((one) => one.end()));
  });

  it('keeps the privileges on the log and grants none on its partitions', async () => {
    const role = `reader_${database.url.slice(-12)}`;
    await client.query(`CREATE ROLE ${role}; GRANT SELECT ON export_audit_log TO ${role}`);
    try {
      await convert();

      await client.query(`SET ROLE ${role}`);
      expect((await rows('SELECT count(*)::int FROM export_audit_log'))[0]).toEqual({ count: 500 });
      await expect(client.query('SELECT FROM export_audit_log_default')).rejects.toThrow('permission denied');
      await client.query('RESET ROLE');
    } finally {
      await client.query(`RESET ROLE; DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});

describe('The partitions of the audit log', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connected(database.url);
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const partitions = async () => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits
       WHERE inhparent = 'export_audit_log'::regclass ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  };

  const addMonths = async () =>
    (await client.query<{ added: number }>('SELECT export_audit_log_add_months() AS added')).rows[0]!.added;

  it('cover this month and the next three', async () => {
    const { rows } = await client.query<{ part: string }>(
      `INSERT INTO export_audit_log (at, action)
       SELECT now() + make_interval(months => n), 'test.step' FROM generate_series(0, 3) AS n
       RETURNING tableoid::regclass::text AS part`,
    );

    expect(rows.map(({ part }) => part)).not.toContain('export_audit_log_default');
  });

  it('are created again when missing, once for concurrent processes', async () => {
    const before = await partitions();
    const last = before.filter((name) => /_\d{4}_\d\d$/.test(name) && !name.includes('before')).at(-1)!;
    await client.query(`DROP TABLE ${last}`);
    const others = await Promise.all([1, 2].map(() => connected(database.url)));

    const added = await Promise.all(
      others.map(
        async (other) => (await other.query<{ added: number }>('SELECT export_audit_log_add_months() AS added')).rows,
      ),
    );

    expect(added.flat().reduce((sum, row) => sum + row.added, 0)).toBe(1);
    expect(await partitions()).toEqual(before);
    expect(await addMonths()).toBe(0);
    await Promise.all(others.map((other) => other.end()));
  });

  it('accept entries of any time: one without a month goes to the default partition, whose month stays there', async () => {
    const before = await partitions();
    const last = before.filter((name) => /_\d{4}_\d\d$/.test(name) && !name.includes('before')).at(-1)!;
    await client.query(`DROP TABLE ${last}`);

    const { rows } = await client.query<{ part: string }>(
      `INSERT INTO export_audit_log (at, action)
       SELECT now() + make_interval(months => n), 'test.step' FROM unnest('{3,100}'::int[]) AS n
       RETURNING tableoid::regclass::text AS part`,
    );

    expect(rows.map(({ part }) => part)).toEqual(['export_audit_log_default', 'export_audit_log_default']);
    expect(await addMonths()).toBe(0);
    expect(await partitions()).toEqual(before.filter((name) => name !== last));
  });

  it('reject changes under their own names', async () => {
    const names = await partitions();
    expect(names.length).toBeGreaterThan(2);

    for (const name of ['export_audit_log', ...names]) {
      for (const statement of [`UPDATE ${name} SET action = ''`, `DELETE FROM ${name}`, `TRUNCATE ${name}`]) {
        await expect(client.query(statement)).rejects.toThrow('export_audit_log only grows');
        const asReplica = `BEGIN; SET LOCAL session_replication_role = replica; ${statement}`;
        await expect(client.query(asReplica)).rejects.toThrow('export_audit_log only grows');
        await client.query('ROLLBACK');
      }
    }
  });

  it('are pruned in queries for a period, as data exports and audit routes write them', async () => {
    const plan = async (condition: string, ...values: unknown[]) =>
      JSON.stringify((await client.query(`EXPLAIN SELECT FROM export_audit_log WHERE ${condition}`, values)).rows);

    const past = (await partitions()).find((name) => name.includes('before'))!;
    expect(await plan('true')).toContain(past);
    expect(await plan(`at >= now() + interval '70 days'`)).not.toContain(past);
    expect(await plan('at >= $1::timestamptz', '2100-01-01T00:00:00Z')).not.toContain(past);
  });
});
