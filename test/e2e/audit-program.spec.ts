import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { AuditLogPartitions } from '../../src/platform/audit/audit-log-partitions';
import { type ProgramRun, runBuilt } from '../support/program';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

/** Months before the current one that have a partition of their own. */
const PAST_MONTHS = 5;

describe('npm run audit', () => {
  let database: TestDatabase;
  let owner: Client;

  beforeEach(async () => {
    database = await createTestDatabase();
    owner = new Client({ connectionString: database.url });
    await owner.connect();
    await haveOldMonths();
  });

  afterEach(async () => {
    await owner.end();
    await database.drop();
  });

  /** A log that has been in partitions for some months: two entries in each month. */
  async function haveOldMonths(): Promise<void> {
    const { rows } = await owner.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits
       WHERE inhparent = 'export_audit_log'::regclass AND inhrelid::regclass::text LIKE '%before%'`,
    );
    await owner.query(`DROP TABLE ${rows[0]!.name}`);
    for (let ago = PAST_MONTHS; ago >= 0; ago -= 1) {
      const { rows: made } = await owner.query<{ name: string; begins: string; ends: string }>(
        `SELECT 'export_audit_log_' || to_char(month, 'YYYY_MM') AS name,
                month || '+00' AS begins, month + interval '1 month' || '+00' AS ends
         FROM (SELECT date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => $1) AS month)`,
        [ago],
      );
      const { name, begins, ends } = made[0]!;
      await owner.query(
        `CREATE TABLE ${name} PARTITION OF export_audit_log FOR VALUES FROM ('${begins}') TO ('${ends}')`,
      );
      await owner.query(`SELECT export_audit_log_protect('${name}')`);
      await owner.query(
        `INSERT INTO export_audit_log (at, action) SELECT $1::timestamptz, 'old.step' FROM generate_series(1, 2)`,
        [begins],
      );
    }
  }

  const audit = (args: string, variables: Record<string, string> = { DATABASE_URL: database.url }) =>
    runBuilt('manage-audit', args.split(' '), variables);

  /** What the program does, without its start. */
  const prune = (keepMonths: number) => new AuditLogPartitions(owner).prune({ keepMonths, isDryRun: false });

  const month = async (ago: number) =>
    (
      await owner.query<{ month: string }>(
        `SELECT to_char(now() AT TIME ZONE 'UTC' - make_interval(months => $1), 'YYYY-MM') AS month`,
        [ago],
      )
    ).rows[0]!.month;

  const kept = async () =>
    (
      await owner.query<{ month: string; count: number }>(
        `SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*)::int FROM export_audit_log
         WHERE action = 'old.step' GROUP BY 1 ORDER BY 1 DESC`,
      )
    ).rows;

  async function months(first: number, last: number): Promise<{ month: string; count: number }[]> {
    const found: { month: string; count: number }[] = [];
    for (let ago = first; ago <= last; ago += 1) found.push({ month: await month(ago), count: 2 });
    return found;
  }

  it('deletes whole months that are too old and records who deleted what', async () => {
    const run = await audit('prune --keep-months 2');

    const { rows } = await owner.query(`SELECT user_id, details FROM export_audit_log WHERE action = 'audit.pruned'`);
    const removed = [await month(5), await month(4), await month(3)];
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^Removed:\n/);
    for (const name of removed) expect(run.stdout).toContain(name);
    expect(await kept()).toEqual(await months(0, 2));
    expect(rows).toEqual([
      {
        user_id: null,
        details: {
          database_role: new URL(database.url).username,
          kept_months: 2,
          months: removed.join(', '),
          rows: 6,
        },
      },
    ]);
  });

  it('deletes nothing the second time and writes no audit entry', async () => {
    await prune(2);

    expect(await audit('prune --keep-months 2')).toMatchObject({ code: 0, stdout: 'There is no month to remove.\n' });

    const { rowCount } = await owner.query(`SELECT FROM export_audit_log WHERE action = 'audit.pruned'`);
    expect(rowCount).toBe(1);
  });

  it('prints what it would delete in a dry run', async () => {
    const run = await audit('prune --keep-months 4 --dry-run');

    expect(run.stdout).toMatch(new RegExp(`^Would remove:\n${await month(5)} +2 .* MB {2}export_audit_log_`));
    expect(await kept()).toEqual(await months(0, PAST_MONTHS));
  });

  it('lists the months with their entries and sizes', async () => {
    const { stdout } = await audit('list');

    const lines = stdout.trim().split('\n');
    expect(lines.slice(0, PAST_MONTHS + 1).map((line) => line.slice(0, 7))).toEqual(
      (await months(0, PAST_MONTHS)).reverse().map((one) => one.month),
    );
    expect(lines.at(-1)).toMatch(/^no entries .*export_audit_log_default$/);
  });

  it('empties the default partition once all of its entries are old, and new entries can still go there', async () => {
    await owner.query(`INSERT INTO export_audit_log (at, action) VALUES (now() - interval '900 days', 'stray.step')`);

    await prune(12);

    const { rows } = await owner.query(
      `INSERT INTO export_audit_log (at, action) VALUES (now() - interval '900 days', 'stray.step')
       RETURNING tableoid::regclass::text AS part`,
    );
    expect(rows).toEqual([{ part: 'export_audit_log_default' }]);
    await expect(owner.query('DELETE FROM export_audit_log_default')).rejects.toThrow('only grows');
    expect(await kept()).toEqual(await months(0, PAST_MONTHS));
  });

  it('keeps the default partition while one of its entries is recent', async () => {
    await owner.query(
      `INSERT INTO export_audit_log (at, action)
       SELECT now() + make_interval(years => n), 'stray.step' FROM unnest('{-3,3}'::int[]) AS n`,
    );

    expect(await prune(12)).toEqual([]);
  });

  it('waits for a long read without blocking writers', async () => {
    const [reader, writer] = [
      new Client({ connectionString: database.url }),
      new Client({ connectionString: database.url }),
    ];
    await Promise.all([reader.connect(), writer.connect()]);
    await reader.query('BEGIN; SELECT count(*) FROM export_audit_log');

    const pruning = prune(2);
    for (let waits = 0; waits < 3;) {
      const { rowCount } = await writer.query(
        `SELECT FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      if (rowCount === 0) await writer.query('SELECT pg_sleep(0.01)');
      else {
        waits += 1;
        await writer.query(`INSERT INTO export_audit_log (action) VALUES ('new.step')`);
      }
    }
    await reader.query('COMMIT');

    expect(await pruning).toHaveLength(3);
    expect(await kept()).toEqual(await months(0, 2));
    expect((await owner.query(`SELECT FROM export_audit_log WHERE action = 'new.step'`)).rowCount).toBe(3);
    await Promise.all([reader.end(), writer.end()]);
  });

  it('refuses a role that does not own the log, and connects as the given owner', async () => {
    const role = `app_${randomBytes(4).toString('hex')}`;
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'app'; GRANT SELECT, INSERT ON export_audit_log TO ${role}`);
    try {
      const url = new URL(database.url);
      [url.username, url.password] = [role, 'app'];

      const refused = await audit('prune --keep-months 2', { DATABASE_URL: url.href });
      const done = await audit('prune --keep-months 5', {
        DATABASE_URL: url.href,
        MIGRATION_DATABASE_URL: database.url,
      });

      expect(refused.code).toBe(1);
      expect(refused.stderr).toBe(
        `The database role ${role} may not remove entries. Set MIGRATION_DATABASE_URL to a connection as postgres, which owns the audit log.\n`,
      );
      expect(done).toMatchObject({ code: 0, stderr: '' });
      expect(await kept()).toEqual(await months(0, PAST_MONTHS));
    } finally {
      await owner.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});

it.each<[string, string]>([
  ['', 'There is no command "".'],
  ['forget', 'There is no command "forget".'],
  ['prune', '--keep-months must be a number from 1 to 1200.'],
  ['prune --keep-months 0', '--keep-months must be a number from 1 to 1200.'],
  ['prune --keep-months 1.5', '--keep-months must be a number from 1 to 1200.'],
  ['prune --months 3', "Unknown option '--months'"],
])('npm run audit prints its usage for %j', async (args, problem) => {
  const run: ProgramRun = await runBuilt('manage-audit', args.split(' '), {});

  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain(problem);
  expect(run.stderr).toContain('Usage: npm run audit -- <command>');
});
