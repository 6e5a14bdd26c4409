import { randomUUID } from 'node:crypto';
import { noteBoard } from '../support/boards';
import { type Client, follow } from '../support/client';
import { requestTables } from '../support/data';
import { DatabaseWithRoles, withClient } from '../support/database-roles';
import { insertEvent, insertParticipants } from '../support/events';
import { Installation } from '../support/installation';
import { createSchedule, settledRuns } from '../support/schedules';
import { until } from '../support/until';

const ANN = '00000000-0000-7000-8000-0000000000aa';

/** The deployment that docs/security.md recommends. */
describe('A service that does not own its tables', () => {
  let database: DatabaseWithRoles;
  let installation: Installation;
  let ann: Client;
  let root: Client;

  beforeAll(async () => {
    database = await DatabaseWithRoles.create();
    const migrated = await database.migrate();
    expect(migrated).toMatchObject({ code: 0, stderr: '' });
    installation = await Installation.on(database.adminUrl, { STORAGE: 'disk', ...database.environment });
    await installation.start({ MIGRATION_DATABASE_URL: '' });
    await installation.sql(
      `INSERT INTO users (id, tenant_id, name, email) VALUES ($1, 'blue', 'Ann', 'ann@example.com')`,
      ANN,
    );
    ann = await installation.asUser(ANN, { tenant: 'blue' });
    root = await installation.asUser('root', { roles: ['admin'] });
  });

  afterAll(async () => {
    await installation.remove();
    await database.drop();
  });

  const asApplication = (statement: string) => withClient(database.applicationUrl, (client) => client.query(statement));
  const asReader = (statement: string) => withClient(database.readerUrl, (client) => client.query(statement));

  it('stores a board and draws it', async () => {
    const { id } = await ann.requestExport(await ann.saveBoard(noteBoard()), 'png');

    const { bytes } = await follow((await ann.finished(id)).file_url);

    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  });

  it('exports rows of the platform, and the audit log', async () => {
    const users = await root.finished(await requestTables(root, { tables: ['users'] }));
    const log = await root.finished(await requestTables(root, { tables: ['export_audit_log'], format: 'ndjson' }));

    expect((await follow(users.file_url)).text).toContain('ann@example.com');
    expect((await follow(log.file_url)).text).toContain('export.requested');
  });

  it('exports the user document', async () => {
    const { status, text } = await ann.get(`/api/v1/export/user/${ANN}`);

    expect([status, text.includes('ann@example.com')]).toEqual([200, true]);
  });

  it('serves the results of an event once', async () => {
    const sql = installation.sql.bind(installation);
    const partner = await installation.asCustomer();
    const event = await insertEvent(sql, { organizer: ANN, tenant: 'blue', customer: partner.id });
    await insertParticipants(sql, event, 5);
    const { body } = await ann.post(`/api/v1/events/${event.id}/results/export`, { format: 'csv' });
    const { file_url: link } = await ann.finished(body.id as string);

    const [first, second] = [await follow(link), await follow(link)];
    const events = await partner.get('/api/v1/customer/events');

    expect([first.status, second.status, events.status]).toEqual([200, 410, 200]);
    expect(first.text.trim().split('\n')).toHaveLength(6);
  });

  it('runs a schedule', async () => {
    const { id } = await createSchedule(ann, { data_types: ['profile'] });
    expect((await ann.post(`/api/v1/exports/scheduled/${id}/run`)).status).toBe(201);

    const [run] = await settledRuns(ann, id, 1);

    expect(run).toMatchObject({ outcome: 'succeeded' });
  });

  it('deletes a board with its files and rejects unknown callers', async () => {
    const session = await ann.saveBoard(noteBoard());
    const { id } = await ann.requestExport(session, 'json');
    await ann.finished(id);
    const wrong = Buffer.from(`${randomUUID()}:wrong`).toString('base64');

    expect((await ann.delete(`/api/v1/solo/sessions/${session}`)).status).toBe(204);
    const refused = await installation
      .asAnonymous()
      .get('/api/v1/customer/events', { authorization: `Basic ${wrong}` });

    expect(refused.status).toBe(401);
    await until(
      'the file is removed',
      async () => !(await installation.storedFiles()).some((file) => file.includes(id)),
    );
  });

  it('shows the audit log to administrators', async () => {
    const { body } = await root.get('/api/exports/audit?action=export.*&limit=200');

    expect((body.results as { action: string }[]).map(({ action }) => action)).toContain('export.completed');
  });

  it('adds the next months of the log and logs no warning', async () => {
    await until('the months are looked after', async () => {
      const [row] = await installation.sql(`SELECT FROM sweeps WHERE name = 'audit-months'`);
      return row !== undefined;
    });
    await installation.sql('DROP TABLE ' + (await lastMonth()));
    await asApplication('SELECT export_audit_log_add_months()');

    expect(await lastMonth()).toMatch(/_\d{4}_\d\d$/);
    const output = installation.services[0]!.output.join('\n');
    expect(output).not.toMatch(/permission denied|must be owner|could not/);
  });

  async function lastMonth(): Promise<string> {
    const [row] = await installation.sql<{ name: string }>(
      `SELECT max(inhrelid::regclass::text) AS name FROM pg_inherits
       WHERE inhparent = 'export_audit_log'::regclass AND inhrelid::regclass::text ~ '_log_\\d{4}_\\d\\d$'`,
    );
    return row!.name;
  }

  it.each([
    `UPDATE export_audit_log SET action = ''`,
    'DELETE FROM export_audit_log',
    'TRUNCATE export_audit_log',
    'DROP TABLE export_audit_log',
    'ALTER TABLE export_audit_log DISABLE TRIGGER ALL',
    'ALTER TABLE export_audit_log DISABLE TRIGGER export_audit_log_append_only',
    'DROP TRIGGER export_audit_log_append_only ON export_audit_log',
    'DELETE FROM export_audit_log_default',
    'DROP TABLE export_audit_log_default',
    'SELECT FROM export_audit_log_default',
    'ALTER TABLE export_audit_log DETACH PARTITION export_audit_log_default',
    'SET session_replication_role = replica',
    `SELECT export_audit_log_protect('export_audit_log')`,
    `CREATE OR REPLACE FUNCTION export_audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'`,
    'CREATE TABLE mine (id int)',
    'DROP TABLE exports',
    'UPDATE users SET name = name',
    'DELETE FROM event_results',
    'SELECT FROM transactions',
    'SELECT FROM _prisma_migrations',
    `COPY (SELECT 1) TO PROGRAM 'true'`,
  ])('is denied in its own role: %s', async (statement) => {
    await expect(asApplication(statement)).rejects.toThrow(/permission denied|must be owner/);
  });

  it.each([
    'SELECT FROM customers',
    'SELECT FROM exports',
    'SELECT FROM solo_sessions',
    'SELECT FROM idempotency_keys',
    'SELECT FROM export_deliveries',
    'SELECT FROM scheduled_exports',
    'SELECT FROM audit_aggregates',
    'SELECT FROM bullmq.job',
    'SELECT FROM _prisma_migrations',
    `INSERT INTO export_audit_log (action) VALUES ('forged')`,
    `UPDATE users SET name = ''`,
    'DELETE FROM transactions',
    'TRUNCATE users',
    'CREATE TABLE mine (id int)',
    'SELECT export_audit_log_add_months()',
  ])('is denied in the role that reads exports: %s', async (statement) => {
    await expect(asReader(statement)).rejects.toThrow(/permission denied|must be owner/);
  });

  it('grants the same privileges at the next migration and revokes additional ones', async () => {
    const rights = () =>
      installation.sql(
        `SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1`,
      );
    const before = await rights();
    await installation.sql(`GRANT ALL ON export_audit_log, transactions, customers TO "${role(database.readerUrl)}"`);

    const again = await database.migrate();

    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(await rights()).toEqual(before);
  });

  it('names a missing role and warns of an unrestricted one', async () => {
    const anonymous = new URL(database.applicationUrl);
    anonymous.username = 'nobody_there';

    const missing = await database.migrate({ ...database.environment, DATABASE_URL: anonymous.href });
    const superuser = await database.migrate({ ...database.environment, EXPORT_DATABASE_URL: database.adminUrl });

    expect(missing).toMatchObject({ code: 1 });
    expect(missing.stderr).toContain('The database has no role "nobody_there", which DATABASE_URL names.');
    expect(superuser).toMatchObject({ code: 0 });
    expect(superuser.stderr).toContain('of EXPORT_DATABASE_URL is a superuser: no right confines it.');
  });
});

function role(url: string): string {
  return new URL(url).username;
}
