import { follow, type Client } from '../support/client';
import { Installation } from '../support/installation';
import { MailServer } from '../support/mail-server';
import {
  createNotes,
  createSchedule,
  makeDue,
  notesSchedule,
  SCHEDULES,
  scheduleOf,
  settledRuns,
  auditActionsOf,
} from '../support/schedules';
import { until } from '../support/until';

const MISSING = '0192f0c1-2222-7000-8000-00000000000a';

describe('Schedules', () => {
  let installation: Installation;
  let mail: MailServer;
  let ann: Client;

  beforeAll(async () => {
    mail = await MailServer.start();
    installation = await Installation.create({
      STORAGE: 'disk',
      SMTP_URL: mail.url,
      MAIL_FROM: 'Exports <exports@platform.example>',
    });
    await installation.startApplication();
    ann = await installation.asUser('ann', { email: 'ann@example.com' });
    await createNotes(installation, 'ann');
  });

  afterAll(async () => {
    await installation.remove();
    await mail.close();
  });

  describe('run', () => {
    it('once when they are due, and move on to the next slot', async () => {
      const { id, next_run_at: planned } = await createSchedule(ann, { name: 'due', frequency: 'hourly' });
      await makeDue(installation, id);

      const [run, ...others] = await settledRuns(ann, id, 1);

      expect(others).toEqual([]);
      expect(run).toMatchObject({ trigger: 'schedule', status: 'completed', outcome: 'succeeded', record_count: 3 });
      const record = await ann.status(run!.export_id);
      expect(record).toMatchObject({ schedule_id: id, type: 'scheduled', format: 'csv' });
      expect(record.file_name).toMatch(/^due_\d{4}-\d\d-\d\d\.csv$/);
      expect((await follow(record.file_url)).text.trim().split('\n')).toHaveLength(4);
      expect(await scheduleOf(ann, id)).toMatchObject({
        next_run_at: planned,
        last_run_at: expect.any(String),
        last_run: { id: run!.id, export_id: run!.export_id, status: 'completed', outcome: 'succeeded', error: null },
        failures: 0,
      });
      expect(await auditActionsOf(installation, id)).toEqual(['schedule.created', 'schedule.fired']);
    });

    it('into files with a date, also with the longest name', async () => {
      const { id } = await createSchedule(ann, { name: 'n'.repeat(100), is_active: false });
      await ann.post(`${SCHEDULES}/${id}/run`);

      const [run] = await settledRuns(ann, id, 1);

      expect((await ann.status(run!.export_id)).file_name).toMatch(/^n+_\d{4}-\d\d-\d\d\.csv$/);
    });

    it('manually, also while paused, once for a repeated request', async () => {
      const { id } = await createSchedule(ann, { name: 'manual', is_active: false });
      const key = { 'Idempotency-Key': 'run-1' };

      const responses = await Promise.all([1, 2].map(() => ann.post(`${SCHEDULES}/${id}/run`, undefined, key)));

      expect(responses.map(({ status }) => status).sort()).toEqual([200, 201]);
      expect(responses[0]!.body).toMatchObject({ id: responses[1]!.body.id, schedule_id: id, type: 'scheduled' });
      expect(await settledRuns(ann, id, 1)).toMatchObject([
        { trigger: 'manual', slot: null, export_id: responses[0]!.body.id, outcome: 'succeeded' },
      ]);
      expect(await scheduleOf(ann, id)).toMatchObject({ is_active: false, next_run_at: null });
      expect(await auditActionsOf(installation, id)).toEqual(['schedule.created', 'schedule.run-requested']);
    });

    it('no longer once they are paused, and from the next slot on once they are resumed', async () => {
      const { id } = await createSchedule(ann, { name: 'paused' });

      const paused = await ann.post(`${SCHEDULES}/${id}/pause`);
      const again = await ann.post(`${SCHEDULES}/${id}/pause`);
      const resumed = await ann.post(`${SCHEDULES}/${id}/resume`);

      expect(paused.body).toMatchObject({ is_active: false, next_run_at: null, paused_reason: null });
      expect([paused.status, again.status, resumed.status]).toEqual([200, 200, 200]);
      expect(resumed.body).toMatchObject({ is_active: true, failures: 0 });
      expect(new Date(resumed.body.next_run_at as string).getTime()).toBeGreaterThan(Date.now());
      expect(await auditActionsOf(installation, id)).toEqual([
        'schedule.created',
        'schedule.paused',
        'schedule.resumed',
      ]);
    });

    it('with their new settings after they were replaced', async () => {
      const { id, next_run_at: before } = await createSchedule(ann, { name: 'before', at: '01:00' });

      const renamed = await ann.put(`${SCHEDULES}/${id}`, notesSchedule({ name: 'after', at: '01:00' }));
      const moved = await ann.put(`${SCHEDULES}/${id}`, notesSchedule({ name: 'after', at: '02:00' }));
      const stopped = await ann.put(`${SCHEDULES}/${id}`, notesSchedule({ name: 'after', is_active: false }));

      expect(renamed.body).toMatchObject({ id, name: 'after', next_run_at: before });
      expect(moved.body.next_run_at).toMatch(/T02:00:00.000Z$/);
      expect(stopped.body).toMatchObject({ is_active: false, next_run_at: null, at: '00:00' });
      expect(await auditActionsOf(installation, id)).toEqual([
        'schedule.created',
        ...Array<string>(3).fill('schedule.changed'),
      ]);
    });

    it('no longer of whole tables for a former administrator', async () => {
      const { id } = await createSchedule(await installation.asUser('root', { roles: ['admin'] }), {
        data_types: [],
        tables: ['notes'],
      });
      const dismissed = await installation.asUser('root');

      const paused = await dismissed.post(`${SCHEDULES}/${id}/pause`);
      const responses = [
        await dismissed.post(`${SCHEDULES}/${id}/run`),
        await dismissed.post(`${SCHEDULES}/${id}/resume`),
        await dismissed.put(`${SCHEDULES}/${id}`, notesSchedule({ data_types: [], tables: ['notes'] })),
      ];

      expect(paused.status).toBe(200);
      for (const { body } of responses) expect(body).toMatchObject({ status: 403, detail: 'Admin role required' });
    });

    it('never again once they are deleted, but their exports stay', async () => {
      const { id } = await createSchedule(ann, { name: 'gone' });
      const { body: made } = await ann.post(`${SCHEDULES}/${id}/run`);
      await ann.finished(made.id as string);

      const deleted = await ann.delete(`${SCHEDULES}/${id}`);

      expect(deleted.status).toBe(204);
      expect((await ann.get(`${SCHEDULES}/${id}`)).status).toBe(404);
      expect(await ann.status(made.id as string)).toMatchObject({ status: 'completed', schedule_id: id });
      expect(await auditActionsOf(installation, id)).toEqual([
        'schedule.created',
        'schedule.run-requested',
        'schedule.deleted',
      ]);
    });

    it('for the last of several missed slots', async () => {
      const { id } = await createSchedule(ann, { name: 'late', frequency: 'hourly' });
      await installation.sql(
        `UPDATE scheduled_exports SET next_run_at = date_trunc('hour', now()) - interval '5 hours' WHERE id = $1`,
        id,
      );

      const [run, ...others] = await settledRuns(ann, id, 1);

      expect(others).toEqual([]);
      expect(Date.now() - Date.parse(run!.slot!)).toBeLessThan(3_600_000 + 60_000);
    });
  });

  describe('that fail', () => {
    it('are paused after five failures in a row, and their owner is notified once', async () => {
      await installation.sql('CREATE TABLE fleeting (id integer, user_id text)');
      await installation.sql(
        `INSERT INTO export_data_types (name, tables, owners) VALUES ('fleeting', '["fleeting"]', '{"fleeting": "user_id"}')`,
      );
      const { id } = await createSchedule(ann, { name: 'broken', data_types: ['fleeting'] });
      await installation.sql('DROP TABLE fleeting');

      for (let failed = 1; failed <= 5; failed += 1) {
        if (failed % 2 === 0) await ann.post(`${SCHEDULES}/${id}/run`);
        else await makeDue(installation, id);
        await settledRuns(ann, id, failed);
      }

      const schedule = await scheduleOf(ann, id);
      expect(schedule).toMatchObject({ is_active: false, next_run_at: null, failures: 5 });
      expect(schedule.paused_reason).toMatch(/^5 runs in a row failed, the last one with: ./);
      const [letter, ...others] = await until('the owner is told', () => mail.accepted.length > 0 && mail.accepted);
      expect(others).toEqual([]);
      expect([letter!.to, letter!.text]).toEqual([['ann@example.com'], expect.stringContaining('broken')]);
      expect((await auditActionsOf(installation, id)).filter((action) => action === 'schedule.paused')).toHaveLength(1);
      expect((await ann.post(`${SCHEDULES}/${id}/resume`)).body).toMatchObject({
        is_active: true,
        failures: 0,
        paused_reason: null,
      });
    });

    it('have no failures in a row after a success', async () => {
      const { id } = await createSchedule(ann, { name: 'recovering' });
      await installation.sql('UPDATE scheduled_exports SET failures = 4 WHERE id = $1', id);

      await makeDue(installation, id);
      await settledRuns(ann, id, 1);

      expect(await scheduleOf(ann, id)).toMatchObject({ is_active: true, failures: 0 });
    });

    it('do not count a cancelled run as a failure', async () => {
      const { id } = await createSchedule(ann, { name: 'cancelled' });
      await installation.sql(
        `INSERT INTO scheduled_export_runs (id, schedule_id, trigger, export_id) VALUES ($1, $2, 'manual', $1)`,
        MISSING,
        id,
      );
      await installation.sql(
        `INSERT INTO exports (id, kind, format, status, user_id, request_id) VALUES ($1, 'data', 'csv', 'cancelled', 'ann', 'r')`,
        MISSING,
      );

      const [run] = await settledRuns(ann, id, 1);

      expect(run).toMatchObject({
        status: 'cancelled',
        outcome: 'failed',
        error: 'The export was cancelled',
        error_code: 'export-cancelled',
      });
      expect(await scheduleOf(ann, id)).toMatchObject({ failures: 0 });
    });
  });
});
