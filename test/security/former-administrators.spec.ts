import { randomUUID } from 'node:crypto';
import type { Client } from '../support/client';
import { addTableType } from '../support/data';
import { Installation } from '../support/installation';
import { MailServer } from '../support/mail-server';
import {
  createSchedule,
  makeDue,
  notesSchedule,
  SCHEDULES,
  type ScheduleRecord,
  scheduleOf,
  settledRuns,
  auditActionsOf,
} from '../support/schedules';
import { until } from '../support/until';

const TENANT = 'blue';
const ADMIN = { tenant: TENANT, roles: ['admin'] };
const WHOLE_TABLE = { data_types: [], tables: ['notes'] };

/** Somebody who was an administrator must not go on taking whole tables, and others must be able to stop it. */
describe('Schedules of former administrators', () => {
  let installation: Installation;
  let mail: MailServer;
  let boss: Client;

  beforeAll(async () => {
    mail = await MailServer.start();
    installation = await Installation.create({
      STORAGE: 'disk',
      OUTBOUND_ALLOWED_HOSTS: '127.0.0.1',
      SMTP_URL: mail.url,
      MAIL_FROM: 'Exports <exports@platform.example>',
    });
    await installation.startApplication();
    await installation.sql('CREATE TABLE notes (id integer, user_id text, tenant_id text)');
    await installation.sql('INSERT INTO notes SELECT n, $1, $2 FROM generate_series(1, 3) n', 'ann', TENANT);
    await addTableType(installation, 'notes');
    boss = await installation.asUser('boss', ADMIN);
    await keepUser({ id: randomUUID(), email: 'boss@platform.example', roles: ['admin'] });
  });

  afterAll(async () => {
    await installation.remove();
    await mail.close();
  });

  beforeEach(async () => {
    mail.reset();
    await installation.sql(`DELETE FROM users WHERE email <> 'boss@platform.example'`);
  });

  async function keepUser({ id, email, roles }: { id: string; email: string; roles: string[] }): Promise<void> {
    await installation.sql(
      `INSERT INTO users (id, tenant_id, name, email, roles) VALUES ($1, $2, 'Name', $3, $4)`,
      id,
      TENANT,
      email,
      roles,
    );
  }

  /** An administrator with a schedule of a whole table, and the same person without the role. */
  async function formerAdministrator(more: object = {}) {
    const id = randomUUID();
    const email = `${id}@platform.example`;
    await keepUser({ id, email, roles: ['admin'] });
    const admin = await installation.asUser(id, { ...ADMIN, email });
    const former = await installation.asUser(id, { tenant: TENANT, email });
    return { id, email, admin, former, schedule: await createSchedule(admin, { ...WHOLE_TABLE, ...more }) };
  }

  /** Lets a schedule come due. @returns its run, and its export */
  async function runDue(person: Client, { id }: ScheduleRecord) {
    await makeDue(installation, id);
    const [run] = await settledRuns(person, id, 1);
    return { run: run!, record: await person.status(run!.export_id) };
  }

  it('run while their owner is an administrator', async () => {
    const { admin, schedule } = await formerAdministrator();

    const { run, record } = await runDue(admin, schedule);

    expect([run.outcome, run.record_count]).toEqual(['succeeded', 3]);
    expect(record.status).toBe('completed');
  });

  it.each([
    ['is not an administrator any more', `roles = '{}'`, /not an administrator any more/],
    ['was deactivated', 'is_active = false', /not active any more/],
  ])(
    'produce no file once their owner %s: they pause, and owner and administrators are notified',
    async (_, set, why) => {
      const { id, email, former, schedule } = await formerAdministrator({ name: 'takeaway' });
      await installation.sql(`UPDATE users SET ${set} WHERE id = $1`, id);

      const { run, record } = await runDue(former, schedule);

      expect(run).toMatchObject({
        outcome: 'failed',
        status: 'failed',
        error: expect.stringMatching(why),
        error_code: 'administrator-right-ended',
      });
      expect(record).toMatchObject({ status: 'failed', file_url: null, file_size: null });
      expect(await scheduleOf(boss, schedule.id)).toMatchObject({
        is_active: false,
        next_run_at: null,
        user_id: id,
        tenant_id: TENANT,
        paused_code: 'administrator-right-ended',
        paused_reason: expect.stringMatching(why),
      });
      const letters = await until('both are notified', () => mail.accepted.length >= 2 && mail.accepted);
      const subjects = new Map(letters.map(({ to, subject }) => [to.join(), subject]));
      expect(subjects).toEqual(
        new Map([
          [email, 'Your scheduled export is paused: takeaway'],
          ['boss@platform.example', 'A scheduled export of another user is paused: takeaway'],
        ]),
      );
      expect(await auditActionsOf(installation, schedule.id)).toEqual(
        ['created', 'fired', 'paused'].map((s) => `schedule.${s}`),
      );
    },
  );

  it('produce no file once their owner presented no administrator’s token for ADMIN_RIGHT_DAYS', async () => {
    const { admin, former, schedule } = await formerAdministrator();
    await installation.sql(
      `UPDATE scheduled_exports SET admin_seen_at = now() - interval '30 days 1 minute' WHERE id = $1`,
      schedule.id,
    );

    const { record } = await runDue(former, schedule);
    const refused = await former.post(`${SCHEDULES}/${schedule.id}/resume`);
    const byAnother = await boss.post(`${SCHEDULES}/${schedule.id}/resume`);
    const resumed = await admin.post(`${SCHEDULES}/${schedule.id}/resume`);

    expect(record).toMatchObject({ status: 'failed', file_url: null, error: expect.stringMatching(/for 30 days/) });
    expect([refused.status, refused.body.detail]).toEqual([403, 'Admin role required']);
    expect([byAnother.status, byAnother.body.code]).toEqual([409, 'owner-must-resume']);
    expect([resumed.status, resumed.body]).toMatchObject([200, { is_active: true, paused_code: null }]);
  });

  it('continue for an owner who presents an administrator’s token on any route', async () => {
    const id = randomUUID();
    const { id: schedule } = await createSchedule(boss, WHOLE_TABLE);
    await installation.sql(
      `UPDATE scheduled_exports SET user_id = $1, admin_seen_at = now() - interval '29 days' WHERE id = $2`,
      id,
      schedule,
    );
    await (await installation.asUser(id, { tenant: TENANT })).get('/api/v1/exports');
    const isConfirmed = async () =>
      (
        await installation.sql<{ recent: boolean }>(
          `SELECT admin_seen_at > now() - interval '1 hour' AS recent FROM scheduled_exports WHERE id = $1`,
          schedule,
        )
      )[0]!.recent;
    const before = await isConfirmed();

    await (await installation.asUser(id, ADMIN)).get('/api/v1/exports');

    expect(before).toBe(false);
    await until('the right is confirmed', isConfirmed);
  });

  it('can be listed, paused and deleted by another administrator of the tenant', async () => {
    const { id: owner, schedule } = await formerAdministrator({ name: 'stop me' });

    const own = await boss.get(`${SCHEDULES}?limit=100`);
    const all = await boss.get(`${SCHEDULES}?limit=100&owner=all`);
    const theirs = await boss.get(`${SCHEDULES}?owner=${owner}`);
    const shown = await boss.get(`${SCHEDULES}/${schedule.id}`);
    const paused = await boss.post(`${SCHEDULES}/${schedule.id}/pause`);
    const runs = await boss.get(`${SCHEDULES}/${schedule.id}/runs`);
    const deleted = await boss.send('DELETE', `${SCHEDULES}/${schedule.id}`);

    const idsOf = (body: { results: { id: string }[] }) => body.results.map(({ id }) => id);
    expect(idsOf(own.body as never)).not.toContain(schedule.id);
    expect(idsOf(all.body as never)).toContain(schedule.id);
    expect(theirs.body).toMatchObject({ count: 1, results: [{ id: schedule.id, user_id: owner, tenant_id: TENANT }] });
    expect(shown.body).toMatchObject({ id: schedule.id, name: 'stop me', user_id: owner });
    expect(paused.body).toMatchObject({ is_active: false, paused_code: 'paused-by-administrator' });
    expect([runs.status, deleted.status]).toEqual([200, 204]);
    const entries = await installation.sql(
      `SELECT action, user_id AS actor, details->>'owner' AS owner FROM export_audit_log
       WHERE schedule_id = $1 AND action <> 'schedule.created' ORDER BY id`,
      schedule.id,
    );
    expect(entries).toEqual([
      { action: 'schedule.paused', actor: 'boss', owner },
      { action: 'schedule.deleted', actor: 'boss', owner },
    ]);
  });

  it('are hidden from administrators of other tenants and from all other users', async () => {
    const { id: owner, schedule } = await formerAdministrator();
    const foreign = await installation.asUser('boss', { tenant: 'red', roles: ['admin'] });
    const colleague = await installation.asUser('colleague', { tenant: TENANT });

    for (const other of [foreign, colleague]) {
      for (const [method, path] of [
        ['GET', ''],
        ['PUT', ''],
        ['DELETE', ''],
        ['POST', '/run'],
        ['POST', '/pause'],
        ['POST', '/resume'],
        ['GET', '/runs'],
      ] as const) {
        const body = method === 'PUT' ? notesSchedule() : undefined;
        const { status } = await other.send(method, `${SCHEDULES}/${schedule.id}${path}`, body);
        expect([method, path, status]).toEqual([method, path, 404]);
      }
    }
    expect((await foreign.get(`${SCHEDULES}?owner=all`)).body).toMatchObject({ count: 0 });
    for (const requested of ['all', owner]) {
      const { status, body } = await colleague.get(`${SCHEDULES}?owner=${requested}`);
      expect([status, body.detail]).toEqual([403, 'Admin role required']);
    }
    expect((await colleague.get(`${SCHEDULES}?owner=colleague`)).status).toBe(200);
    expect(await scheduleOf(boss, schedule.id)).toMatchObject({ is_active: true });
  });

  it('cannot be replaced or run by others', async () => {
    const { schedule } = await formerAdministrator();

    const replaced = await boss.send('PUT', `${SCHEDULES}/${schedule.id}`, notesSchedule());
    const run = await boss.post(`${SCHEDULES}/${schedule.id}/run`);

    for (const { status, body } of [replaced, run]) {
      expect([status, body.code]).toEqual([403, 'owner-only']);
    }
  });

  it('show only the host of a webhook to other administrators', async () => {
    const owner = await installation.asUser('hooked', { tenant: TENANT });
    const webhook = { url: 'http://127.0.0.1:9/services/secret-key' };
    const { status, body } = await owner.post(SCHEDULES, notesSchedule({ delivery_method: 'webhook', webhook }));
    const { id } = body as { id: string };

    expect(status).toBe(201);
    expect((await owner.get(`${SCHEDULES}/${id}`)).body).toMatchObject({ webhook_url: webhook.url });
    expect((await boss.get(`${SCHEDULES}/${id}`)).body).toMatchObject({ webhook_url: 'http://127.0.0.1:9' });
  });
});
