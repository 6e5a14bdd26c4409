import type { Client } from '../support/client';
import { Installation } from '../support/installation';
import {
  createNotes,
  createSchedule,
  makeDue,
  notesSchedule,
  runsOf,
  SCHEDULES,
  scheduleOf,
  settledRuns,
} from '../support/schedules';
import { until } from '../support/until';

interface SlowedSchedule {
  readonly next_run_at: string;
  readonly warnings: readonly string[];
  readonly warning_codes: readonly string[];
}

const EVERY_MINUTE = { frequency: '* * * * *' };

/** Schedules must not be a way around the rate limit of exports, nor fill the audit log. */
describe('Frequent schedules', () => {
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ STORAGE: 'disk', SCHEDULED_RUNS_PER_DAY: '2' }));
    ann = await installation.asUser('ann');
    await createNotes(installation, 'ann');
  });

  afterAll(() => installation.remove());

  it.each([
    [EVERY_MINUTE, 'frequency'],
    [{ frequency: '0,5 * * * *' }, 'frequency'],
    [{ frequency: 'cron', cron: '*/10 * * * *' }, 'cron'],
  ])('are rejected for users who are not administrators, with the allowed interval: %j', async (recurrence, field) => {
    const root = await installation.asUser('root', { roles: ['admin'] });

    const { status, body } = await ann.post(SCHEDULES, notesSchedule(recurrence));

    expect([status, body.errors]).toMatchObject([
      400,
      [{ field, code: 'too-frequent', message: expect.stringContaining('15 minutes') }],
    ]);
    expect((await root.post(SCHEDULES, notesSchedule({ ...recurrence, is_active: false }))).status).toBe(201);
  });

  it('that were saved before the limit run every 15 minutes, with a warning', async () => {
    const owner = await installation.asUser('early');
    const { id } = await createSchedule(owner, { frequency: '*/15 * * * *' });
    await installation.sql(`UPDATE scheduled_exports SET cron = '* * * * *' WHERE id = $1`, id);
    await makeDue(installation, id);

    const [run] = await settledRuns(owner, id, 1);

    const {
      next_run_at,
      warnings,
      warning_codes: codes,
    } = (await owner.get(`${SCHEDULES}/${id}`)).body as SlowedSchedule;
    expect(Date.parse(next_run_at) - Date.parse(run!.slot!)).toBeGreaterThanOrEqual(15 * 60_000);
    expect([warnings, codes]).toEqual([[expect.stringContaining('every 15 minutes')], ['interval-extended']]);
  });

  it('have a quota of runs per day; further slots are skipped without failure or audit entry', async () => {
    const [first, second] = [await createSchedule(ann), await createSchedule(ann)];
    await makeDue(installation, first.id);
    await settledRuns(ann, first.id, 1);
    await makeDue(installation, second.id);
    await settledRuns(ann, second.id, 1);
    await makeDue(installation, first.id);

    const skipped = await until('the slot is skipped', async () => {
      const body = (await ann.get(`${SCHEDULES}/${first.id}`)).body as SlowedSchedule;
      return body.warnings.length > 0 && body;
    });

    expect(skipped).toMatchObject({
      is_active: true,
      failures: 0,
      warning_codes: ['run-skipped'],
      warnings: [expect.stringMatching(/was skipped.*2 times in 24 hours/)],
    });
    expect(Date.parse(skipped.next_run_at) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect(await runsOf(ann, first.id)).toHaveLength(1);
    const [fired] = await installation.sql<{ count: string }>(
      `SELECT count(*) FROM export_audit_log WHERE action = 'schedule.fired' AND schedule_id = ANY ($1)`,
      [first.id, second.id],
    );
    expect(fired!.count).toBe('2');
    expect(await scheduleOf(ann, second.id)).toMatchObject({ failures: 0 });
  });
});
