import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { insertEvent } from '../support/events';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const CHILDREN = [
  'user_profiles',
  'biometric_scans',
  'biometric_templates',
  'documents',
  'document_versions',
  'payment_methods',
  'invoices',
  'subscriptions',
  'subscription_usage',
  'sessions',
  'audit_logs',
  'transactions',
  'enrollments',
  'activity_logs',
];
const EVENT_TABLES = ['events', 'event_questions', 'event_participants', 'event_results', 'event_answers'];
const ADMINISTRATOR = '00000000-0000-7000-8000-999999999999';
const FIRST_USER = '00000000-0000-7000-8000-000000000001';

describe('npm run seed', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    await seed(database.url, 1200);
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('creates the same rows on every run and keeps indexes and foreign keys', async () => {
    const [contents, structure] = [await contentsOf(client), await structureOf(client)];

    const untouched = await createTestDatabase();
    const other = new Client({ connectionString: untouched.url });
    await other.connect();
    const unseeded = await structureOf(other);
    await seed(untouched.url, 300);
    await seed(untouched.url, 1200);

    expect(await contentsOf(other)).toEqual(contents);
    expect(structure).toEqual(unseeded);
    await other.end();
    await untouched.drop();
  });

  it('creates the requested number of transactions within two years until November 2026', async () => {
    const [row] = await all(
      `SELECT count(*)::int AS rows, min(created_at) >= '2024-11-01Z' AND max(created_at) < '2026-11-01Z' AS in_time FROM transactions`,
    );

    expect(row).toEqual({ rows: 1200, in_time: true });
  });

  it.each(CHILDREN)(
    'gives each row of %s an owner and the owner’s tenant, and some rows to the first person',
    async (table) => {
      const [row] = await all(
        `SELECT count(*) >= 200 AS many, (count(*) FILTER (WHERE users.id IS NULL))::int AS lost,
              (count(*) FILTER (WHERE users.tenant_id IS DISTINCT FROM child.tenant_id))::int AS astray,
              bool_or(user_id = '${FIRST_USER}') AS first_has_some
       FROM ${table} AS child LEFT JOIN users ON users.id = user_id`,
      );

      expect(row).toEqual({ many: true, lost: 0, astray: 0, first_has_some: true });
    },
  );

  it('creates people of both tenants and without one, and values that are difficult for file formats', async () => {
    const tenants = await all('SELECT tenant_id, count(*)::int AS people FROM users GROUP BY 1 ORDER BY 1 NULLS LAST');
    const [found] = await all(
      `SELECT bool_or(birth_date < '1900-01-01') AS early, bool_or(name LIKE '%"%') AS quoted, bool_or(name ~ '[가-힣]') AS hangul,
              bool_or(phone = '') AS empty, bool_or(phone IS NULL) AS absent,
              (SELECT bool_or(description LIKE '=%') FROM transactions) AS formula,
              (SELECT bool_or(match_score = 'NaN') FROM biometric_scans) AS nan, (SELECT max(length(body)) FROM documents) AS longest
       FROM users`,
    );

    expect(tenants).toEqual([
      { tenant_id: 'north-school', people: 34 },
      { tenant_id: 'south-school', people: 33 },
      { tenant_id: null, people: 134 },
    ]);
    expect(found).toEqual({
      early: true,
      quoted: true,
      hangul: true,
      empty: true,
      absent: true,
      formula: true,
      nan: true,
      longest: 600_000,
    });
  });

  it('splits names that start with the family name, unless they are written without a space', async () => {
    const people = await all(
      `SELECT bool_and(name LIKE '% %') AS parted, count(*) > 1 AS many FROM users WHERE locale = 'vi' AND name ~ '(Nguyễn|Trần|Đặng)'
       UNION ALL SELECT bool_or(name LIKE '% %'), count(*) > 1 FROM users WHERE locale IN ('zh', 'ko') AND name ~ '[王李阳𠮷김박]'`,
    );

    expect(people).toEqual([
      { parted: true, many: true },
      { parted: false, many: true },
    ]);
  });

  it('creates events in many languages whose participants are not their organizers, with varying results', async () => {
    const events = await all(`
      SELECT count(*)::int AS events, array_agg(DISTINCT language ORDER BY language) AS languages,
             bool_or(organizer_id = '${FIRST_USER}') AS first_holds_some, bool_and(customer_id IS NULL) AS nobodys,
             bool_and(tenant_id IS NOT DISTINCT FROM (SELECT u.tenant_id FROM users u WHERE u.id::text = organizer_id)) AS in_tenant
      FROM events`);
    const participants = await all(`
      SELECT min(count) >= 8 AS some_everywhere, bool_and(count = people) AS nobody_twice, sum(lost)::int AS lost, sum(astray)::int AS astray,
             bool_or(started < count) AS not_begun, bool_or(finished < started) AS not_finished
      FROM (SELECT count(*), count(DISTINCT external_id) AS people, count(*) FILTER (WHERE u.id IS NULL) AS lost,
                   count(*) FILTER (WHERE u.tenant_id IS DISTINCT FROM e.tenant_id) AS astray,
                   count(r.participant_id) AS started, count(finished_at) AS finished
            FROM events e JOIN event_participants p ON event_id = e.id LEFT JOIN users u ON u.id::text = external_id LEFT JOIN event_results r ON participant_id = p.id
            GROUP BY event_id) AS each`);
    const responses = await all(`
      SELECT bool_or(answer IS NULL) AS skipped, bool_or(answer = '') AS empty, bool_or(answer LIKE '=%') AS formula,
             bool_or(a.score IS NULL) AS unmarked, bool_and(a.score <= q.max_score) AS within_maximum,
             bool_and(q.event_id = p.event_id) AS of_event
      FROM event_answers a JOIN event_questions q ON q.id = question_id JOIN event_participants p ON p.id = participant_id`);
    const results = await all(`
      SELECT bool_and(score = given) AS sums, bool_and(score <= max_score) AS within_maximum
      FROM event_results JOIN (SELECT participant_id, sum(coalesce(score, 0)) AS given FROM event_answers GROUP BY 1) a USING (participant_id)`);

    expect([...events, ...participants, ...responses, ...results]).toEqual([
      {
        events: 6,
        languages: ['ar', 'en', 'pl', 'ru', 'uk', 'zh'],
        first_holds_some: true,
        nobodys: true,
        in_tenant: true,
      },
      { some_everywhere: true, nobody_twice: true, lost: 0, astray: 0, not_begun: true, not_finished: true },
      { skipped: true, empty: true, formula: true, unmarked: true, within_maximum: true, of_event: true },
      { sums: true, within_maximum: true },
    ]);
  });

  it('creates the two schedules of the platform, which wait for the credentials of their bucket', async () => {
    const schedules = await all('SELECT * FROM scheduled_exports ORDER BY name');

    const waiting = {
      user_id: ADMINISTRATOR,
      tenant_id: null,
      as_admin: true,
      frequency: 'cron',
      time_zone: 'UTC',
      delivery_method: 's3',
      deliveries: [],
      is_active: false,
      next_run_at: null,
      paused_reason: expect.stringContaining('credentials of the bucket azora-exports'),
    };
    const [daily, weekly] = [
      { transactions: { created_at: 'yesterday' } },
      { users: { created_at: { gte: 'now-7d' } } },
    ];
    const columns = { users: ['id', 'email', 'created_at'] };
    expect(schedules).toMatchObject([
      {
        ...waiting,
        name: 'daily_transactions',
        tables: ['transactions'],
        columns: null,
        filters: daily,
        format: 'csv',
        cron: '0 1 * * *',
        destination: 's3://azora-exports/daily/transactions/',
        granted: {
          format: 'csv',
          dataTypes: [],
          filters: daily,
          options: { tables: ['transactions'], timezone: 'UTC' },
        },
      },
      {
        ...waiting,
        name: 'weekly_users',
        tables: ['users'],
        columns,
        filters: weekly,
        format: 'json',
        cron: '0 2 * * 0',
        destination: 's3://azora-exports/weekly/users/',
        granted: { format: 'json', filters: weekly, options: { tables: ['users'], columns, timezone: 'UTC' } },
      },
    ]);
    expect(await all(`SELECT roles FROM users WHERE id = '${ADMINISTRATOR}'`)).toEqual([{ roles: ['admin'] }]);
  });

  it('keeps the schedules of others', async () => {
    const lived = await createTestDatabase();
    const resident = new Client({ connectionString: lived.url });
    await resident.connect();
    await resident.query(
      `INSERT INTO scheduled_exports (id, user_id, name, format, granted, frequency, next_run_at)
       VALUES (gen_random_uuid(), 'ann', 'mine', 'csv', '{}', 'daily', now())`,
    );
    const [mine] = (await resident.query<object>('SELECT * FROM scheduled_exports')).rows;

    await seed(lived.url, 10);
    await seed(lived.url, 10);

    const { rows } = await resident.query<object>('SELECT * FROM scheduled_exports');
    expect(rows).toHaveLength(3);
    expect(rows).toContainEqual(mine);
    await resident.end();
    await lived.drop();
  });

  it('refuses to replace people that it did not create', async () => {
    const lived = await createTestDatabase();
    const resident = new Client({ connectionString: lived.url });
    await resident.connect();
    await resident.query(`INSERT INTO users (name, email) VALUES ('Ann', 'ann@example.org')`);

    const seeding = seed(lived.url, 10);

    await expect(seeding).rejects.toMatchObject({ stderr: expect.stringContaining('did not come from a seed') });
    expect((await resident.query('SELECT name FROM users')).rows).toEqual([{ name: 'Ann' }]);
    await resident.end();
    await lived.drop();
  });

  it('refuses to replace events of other organizers', async () => {
    const lived = await createTestDatabase();
    const resident = new Client({ connectionString: lived.url });
    await resident.connect();
    await insertEvent((statement, ...values) => resident.query(statement, values), { organizer: 'ann' });

    const seeding = seed(lived.url, 10);

    await expect(seeding).rejects.toMatchObject({ stderr: expect.stringContaining('holds events') });
    expect((await resident.query('SELECT FROM events')).rowCount).toBe(1);
    await resident.end();
    await lived.drop();
  });

  async function all(query: string): Promise<unknown[]> {
    return (await client.query<Record<string, unknown>>(query)).rows;
  }
});

async function seed(databaseUrl: string, rows: number): Promise<void> {
  const program = join(__dirname, '../../dev/seed.mjs');
  const env = { PATH: process.env['PATH'], DATABASE_URL: databaseUrl };
  await promisify(execFile)(process.execPath, [program, '--rows', String(rows)], { env });
}

async function contentsOf(client: Client): Promise<Record<string, string>> {
  const sums: Record<string, string> = {};
  for (const table of ['users', ...CHILDREN, ...EVENT_TABLES, 'scheduled_exports']) {
    const { rows } = await client.query<{ sum: string }>(
      `SELECT count(*) || ':' || md5(string_agg(t::text, ';' ORDER BY t::text)) AS sum FROM ${table} AS t`,
    );
    sums[table] = rows[0]!.sum;
  }
  return sums;
}

async function structureOf(client: Client): Promise<unknown[]> {
  const { rows } = await client.query<{ line: string }>(
    `SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public'
     UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace ORDER BY line`,
  );
  return rows;
}
