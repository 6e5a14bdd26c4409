import { setTimeout as pause } from 'node:timers/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { insertEvent, insertParticipants } from '../support/events';
import { Installation } from '../support/installation';
import { scaled } from '../support/machine';
import { createNotes, createSchedule, makeDue, runsOf, type ScheduleRecord } from '../support/schedules';
import { signedToken } from '../support/tokens';
import { Client } from '../support/client';
import type { Service } from '../support/service';
import { createBlankDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { WebhookReceiver } from '../support/webhook-receiver';
import { Balancer } from './balancer';
import { releasedBuild } from './released-build';
import { downloadOnce, exportAsCustomer, exportBoards, exportRows, Load } from './rolling-clients';

// The build of the release is made first where it is not there yet.
jest.setTimeout(scaled(600_000));

const run = promisify(execFile);
const projectRoot = join(__dirname, '../..');
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const DUE_EVERY_MS = 1_500;
const BETWEEN_MS = 3_000;

/** The last release and this version on one database and one storage, while clients work without a pause. */
describe('A rolling update and rollback', () => {
  let release: string;
  let database: TestDatabase;
  let installation: Installation;
  let balancer: Balancer;
  let receiver: WebhookReceiver;
  let ann: Client;
  let schedules: ScheduleRecord[];
  const load = new Load();
  const processes: Service[] = [];

  beforeAll(async () => {
    release = await releasedBuild();
    database = await createBlankDatabase();
    await migrate(release);
    balancer = await Balancer.start();
    receiver = await WebhookReceiver.start();
    installation = await Installation.on(database.url, {
      PUBLIC_URL: balancer.url,
      OUTBOUND_ALLOWED_HOSTS: receiver.host,
      STORAGE: 'disk',
      RATE_LIMIT_CUSTOMERS: 'off',
      EXPORT_LEASE_SECONDS: '10',
    });
    for (let number = 1; number <= 2; number += 1) await enter(release);
    ann = new Client(balancer.url, await signedToken('ann'));
    await createNotes(installation, 'ann');
    schedules = [await createSchedule(ann), await createSchedule(ann, { frequency: 'hourly', name: 'other notes' })];
    await beginLoad();
  });

  afterAll(async () => {
    await load.end();
    await installation.remove();
    await database.drop();
    await Promise.all([balancer.stop(), receiver.stop()]);
  });

  function migrate(build: string): Promise<unknown> {
    const env = { PATH: process.env['PATH'], DATABASE_URL: database.url };
    return run(process.execPath, [join(build, 'dist/migrate.js')], { env });
  }

  async function enter(build: string): Promise<void> {
    const service = await installation.start({}, build);
    balancer.add(service.url);
    processes.push(service);
  }

  /** The oldest process gives way to one of the build, as behind any balancer: the new one is there first. */
  async function replaceOldest(build: string): Promise<void> {
    await enter(build);
    const leaving = processes.shift()!;
    // A connection that the kernel has taken, and the process has not, is reset where the process ends.
    balancer.remove(leaving.url);
    await leaving.kill('SIGTERM');
    expect(leaving.log.filter(({ level }) => level === 'error')).toEqual([]);
  }

  async function beginLoad(): Promise<void> {
    const sql = installation.sql.bind(installation);
    const event = await insertEvent(sql, { organizer: 'ann' });
    await insertParticipants(sql, event, 20);
    const customer = (await installation.asCustomer()).at(balancer.url);
    await exportBoards(load, ann, { url: receiver.url, secret: SECRET });
    await exportAsCustomer(load, customer);
    exportRows(load, ann);
    downloadOnce(load, ann, event.id);
    load.keep('schedules', async () => {
      for (const { id } of schedules) await makeDue(installation, id);
      await pause(DUE_EVERY_MS);
    });
  }

  /** Every client has finished something more, with the processes that are there now. */
  async function clientsGetOn(): Promise<void> {
    const before = new Map(load.done);
    await pause(BETWEEN_MS);
    await until('every client has got on', () =>
      [...load.done].every(([name, count]) => count > (before.get(name) ?? 0) + 1 || load.failures.length > 0),
    );
  }

  it('is invisible to clients that retry on 503', async () => {
    try {
      await clientsGetOn();
      await migrate(projectRoot);
      for (const build of [projectRoot, projectRoot, release, release]) {
        await replaceOldest(build);
        await clientsGetOn();
      }
    } finally {
      await load.end();
    }

    expect(load.failures).toEqual([]);
  });

  it('loses no export and creates none twice', async () => {
    const open = () =>
      installation.sql(`SELECT id FROM exports WHERE status IN ('pending', 'processing')
                        UNION ALL SELECT id FROM scheduled_export_runs WHERE outcome IS NULL
                        UNION ALL SELECT id FROM export_deliveries WHERE status = 'pending'`);
    await until('all work has ended', async () => (await open()).length === 0, { within: 60_000, every: 200 });

    const ends = await installation.sql<{ status: string; one_time: boolean }>(
      'SELECT DISTINCT status, one_time FROM exports',
    );
    const twice = await installation.sql(
      `SELECT export_id, action, count(*) FROM export_audit_log WHERE action IN ('export.requested', 'export.completed')
       GROUP BY 1, 2 HAVING count(*) > 1`,
    );
    const downloads = await installation.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM export_audit_log
       WHERE action = 'export.downloaded' AND export_id = ANY ($1) GROUP BY export_id`,
      load.oneTime,
    );
    expect(ends.filter(({ status, one_time: once }) => status !== (once ? 'expired' : 'completed'))).toEqual([]);
    expect(twice).toEqual([]);
    expect(downloads).toEqual(load.oneTime.map(() => ({ count: 1 })));
  });

  it('runs each slot of a schedule once', async () => {
    for (const { id } of schedules) {
      const [made] = await installation.sql<{ exports: number }>(
        'SELECT count(*)::int AS exports FROM exports WHERE schedule_id = $1',
        id,
      );
      const runs = await installation.sql<{ slot: Date; outcome: string; error: string | null }>(
        'SELECT slot, outcome, error FROM scheduled_export_runs WHERE schedule_id = $1',
        id,
      );
      expect(runs.filter(({ outcome }) => outcome !== 'succeeded')).toEqual([]);
      expect(new Set(runs.map(({ slot }) => slot.getTime())).size).toBe(runs.length);
      expect(made!.exports).toBe(runs.length);
      expect(runs.length).toBeGreaterThan(4);
      expect((await runsOf(ann, id)).length).toBe(Math.min(runs.length, 200));
    }
  });

  it('notifies of each export once', async () => {
    const told = await installation.sql<{ id: string; status: string }>('SELECT id, status FROM export_deliveries');
    const steps = await installation.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM export_audit_log WHERE action LIKE 'delivery.%' GROUP BY export_id`,
    );
    // One that came again, as where a lease ran out on a busy machine, came under the same id.
    const received = new Set(receiver.received.map(({ headers }) => headers['webhook-id'] as string));

    expect(told.filter(({ status }) => status !== 'delivered')).toEqual([]);
    expect([...received].sort()).toEqual(told.map(({ id }) => id).sort());
    expect(steps).toEqual(told.map(() => ({ count: 1 })));
    expect(told.length).toBeGreaterThan(5);
  });
});
