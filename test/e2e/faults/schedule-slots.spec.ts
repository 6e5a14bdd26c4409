import { createPostgresBackend, Queue } from 'bullmq';
import type { Client } from '../../support/client';
import { Installation } from '../../support/installation';
import { seededRandom } from '../../support/random';
import { createNotes, createSchedule, runsOf, scheduleOf, settledRuns } from '../../support/schedules';
import type { Service } from '../../support/service';
import { SimulatedClock } from '../../support/simulated-clock';
import { stallWrites } from '../../support/stall';
import { until } from '../../support/until';
import { PLANS, walk, type WallClockStep } from '../../support/wall-clock';

const MINUTE = 60_000;
const STEP = 20 * MINUTE;
const DAY = 24 * 60 * MINUTE;
/** From before the clocks are changed until after it. */
const NIGHT = 7 * 60 * MINUTE;

const POLL_INTERVAL_MS = 800;

/** Processes are killed and started while the clocks change; each slot is run once. */
describe('Each slot of every schedule runs exactly once', () => {
  let installation: Installation;
  let clock: SimulatedClock;
  let queue: Queue;
  let nudges = 0;

  async function begin(moment: Date, environment: Record<string, string> = {}): Promise<void> {
    installation = await Installation.create({
      STORAGE: 'disk',
      REDIS_URL: '',
      EXPORT_LEASE_SECONDS: '3',
      POLL_INTERVAL_MS: String(POLL_INTERVAL_MS),
      // What is tested is who requests the exports, not how they are made.
      EXPORT_THREADS: '0',
      LOG_LEVEL: 'warn',
      ...environment,
    });
    await createNotes(installation, 'ann');
    clock = await SimulatedClock.install(installation.database, moment);
    const connection = { connectionString: installation.database.url, schema: 'bullmq', migrate: true, max: 1 };
    queue = new Queue('exports', { connection }, createPostgresBackend) as unknown as Queue;
  }

  afterEach(async () => {
    await queue.close();
    await clock.stop();
    await installation.remove();
  });

  /** What the queue does every two seconds, and now. */
  async function nudge(): Promise<void> {
    nudges += 1;
    await queue.add('fire-due-schedules', {}, { jobId: `nudge-${nudges}`, removeOnComplete: true, removeOnFail: true });
  }

  async function count(statement: string, ...values: unknown[]): Promise<number> {
    const [row] = await installation.sql<{ count: string }>(`SELECT count(*) FROM ${statement}`, ...values);
    return Number(row!.count);
  }

  /** Waits for a number of runs of a slot, with the clock at that time. */
  async function runsOfSlot(moment: number, expected: number): Promise<void> {
    const slot = new Date(moment);
    let requested = 0;
    await until(
      `${expected} schedules were run for ${slot.toISOString()}`,
      async () => {
        if (requested++ % 25 === 0) await nudge();
        return (await count('scheduled_export_runs WHERE slot = $1', slot)) >= expected;
      },
      { within: 60_000, every: 20 },
    );
  }

  /** Lets all exports end before time leaps on, which would make the workers of open ones look silent. */
  async function letWorkEnd(): Promise<void> {
    // A run stands before its export does.
    const open = () =>
      installation.sql(`
        SELECT run.id, run.slot, run.outcome, run.error, made.status, made.attempts FROM scheduled_export_runs AS run
        LEFT JOIN exports AS made ON made.id = run.export_id
        WHERE made.status IN ('pending', 'processing') OR made.id IS NULL AND run.outcome IS NULL`);
    await until('nothing is left to do', async () => (await open()).length === 0, { within: 60_000 }).catch(
      async (error: unknown) => {
        throw new Error(`${String(error)}: ${JSON.stringify(await open())}`);
      },
    );
  }

  const startThree = () => Promise.all([1, 2, 3].map(() => installation.start()));

  /**
   * Kills one of the processes at any moment of the work that is due now. Those that remain take it over; where none remains,
   * three new ones do.
   * @returns the processes that run afterwards
   */
  async function killOne(services: readonly Service[], random: () => number): Promise<Service[]> {
    const [victim, ...others] = services;
    await nudge();
    // Before it is seen, while it is written, while its exports are made.
    await new Promise((passed) => setTimeout(passed, Math.floor(random() * 80)));
    await victim!.kill('SIGKILL');
    return others.length > 0 ? others : startThree();
  }

  /** Waits until every run has its outcome. @returns how many there are */
  async function settledInAll(): Promise<number> {
    await until(
      'every run has its outcome',
      async () => (await count('scheduled_export_runs WHERE outcome IS NULL')) === 0,
      { within: 60_000, every: 100 },
    );
    return count('scheduled_export_runs');
  }

  it.each([
    ['in spring', 'Europe/Kyiv', '2027-03-27T22:00+02:00'],
    ['in autumn', 'America/New_York', '2027-11-06T22:00-04:00'],
  ])(
    'with three processes that are killed repeatedly %s, in %s',
    async (_, timezone, beginning) => {
      const evening = Date.parse(beginning);
      await begin(new Date(evening - MINUTE));
      let services = await startThree();
      const ann = await installation.asUser('ann');
      const ids = new Map<string, string>();
      for (const { name, recurrence } of PLANS)
        ids.set(name, (await createSchedule(ann, { name, timezone, ...recurrence })).id);
      const random = seededRandom(timezone.length);
      const steps = [...walk(timezone, evening, evening + NIGHT, STEP)];
      let [slots, kills] = [0, 0];

      for (const step of steps) {
        const due = PLANS.filter(({ isSlot }) => isSlot(step)).length;
        if (due === 0) continue;
        await clock.moveTo(new Date(step.moment));
        slots += 1;
        if (slots % 3 === 0) {
          kills += 1;
          services = await killOne(services, random);
        }
        await runsOfSlot(step.moment, due);
        await letWorkEnd();
      }

      await expectSlots(ids, steps, timezone);
      await installation.sql('UPDATE scheduled_exports SET is_active = false, next_run_at = NULL');
      // A process that was killed when it looked after a run leaves it to be looked after for a minute.
      await clock.moveTo(new Date(steps.at(-1)!.moment + STEP));
      const runs = await settledInAll();
      expect(kills).toBeGreaterThan(4);
      expect(await count(`scheduled_export_runs WHERE outcome = 'succeeded'`)).toBe(runs);
      expect(await count('exports')).toBe(runs);
      expect(
        await count(
          'exports AS e JOIN scheduled_export_runs AS r ON r.export_id = e.id AND r.schedule_id = e.schedule_id',
        ),
      ).toBe(runs);
      expect(await count(`export_audit_log WHERE action = 'schedule.fired'`)).toBe(runs);
      expect(await count(`export_audit_log WHERE action = 'export.requested'`)).toBe(runs);
      expect(await count(`export_audit_log WHERE action = 'export.completed'`)).toBe(runs);
    },
    10 * MINUTE,
  );

  /** Each slot of the walk has its one run, and the next to come is the one after the walk. */
  async function expectSlots(
    ids: ReadonlyMap<string, string>,
    steps: readonly WallClockStep[],
    timezone: string,
  ): Promise<void> {
    const last = steps.at(-1)!.moment;
    for (const { name, isSlot } of PLANS) {
      const rows = await installation.sql<{ slot: Date }>(
        'SELECT slot FROM scheduled_export_runs WHERE schedule_id = $1 ORDER BY slot',
        ids.get(name),
      );
      const expected = steps.filter((step) => isSlot(step)).map(({ moment }) => new Date(moment).toISOString());
      expect([name, rows.map(({ slot }) => slot.toISOString())]).toEqual([name, expected]);
      const next = [...walk(timezone, last + STEP, last + 8 * DAY, STEP)].find((step) => isSlot(step))!;
      expect([name, await nextOf(ids.get(name)!)]).toEqual([name, new Date(next.moment).toISOString()]);
    }
  }

  async function nextOf(id: string): Promise<string | undefined> {
    const [row] = await installation.sql<{ next: Date }>(
      'SELECT next_run_at AS next FROM scheduled_exports WHERE id = $1',
      id,
    );
    return row?.next.toISOString();
  }

  it('in the next process, for the last of the missed slots', async () => {
    await begin(new Date('2027-03-27T22:30Z'));
    const before = await installation.startApplication();
    const ann = await installation.asUser('ann', { at: before });
    const { id } = await createSchedule(ann, { frequency: 'hourly', timezone: 'Europe/Kyiv' });
    await before.close();

    await clock.moveTo(new Date('2027-03-28T02:10Z'));
    const again = await installation.asUser('ann', { at: await installation.startApplication() });

    expect(await settledRuns(again, id, 1)).toMatchObject([{ slot: '2027-03-28T02:00:00.000Z', outcome: 'succeeded' }]);
    expect(await scheduleOf(again, id)).toMatchObject({ next_run_at: '2027-03-28T03:00:00.000Z' });
  });

  it('in another process, when one ends between the run and its export', async () => {
    await begin(new Date('2027-03-27T22:30Z'));
    const api = await installation.startApplication({ ROLE: 'api' });
    const ann = await installation.asUser('ann', { at: api });
    const { id } = await createSchedule(ann, { frequency: 'hourly' });
    const worker = await installation.start({ ROLE: 'worker' });
    const stall = await stallWrites(installation, 'exports');
    await clock.moveTo(new Date('2027-03-27T23:00Z'));
    const run = await until('the run has started', async () => (await runsOf(ann, id))[0]);

    await worker.kill('SIGKILL');
    await stall.release();
    await installation.startApplication({ ROLE: 'worker' });

    expect(run).toMatchObject({ status: 'pending', outcome: null, slot: '2027-03-27T23:00:00.000Z' });
    expect(await settledRuns(ann, id, 1)).toMatchObject([
      { id: run.id, export_id: run.export_id, outcome: 'succeeded' },
    ]);
    expect(await count('exports')).toBe(1);
    expect(await installation.history(run.export_id)).toEqual([
      'schedule.fired',
      'export.requested',
      'export.started',
      'export.completed',
    ]);
  });

  it('without the queue, while it is unavailable', async () => {
    await begin(new Date('2027-03-27T22:30Z'));
    const ann: Client = await installation.asUser('ann', { at: await installation.startApplication() });
    const { id } = await createSchedule(ann, { frequency: 'hourly' });
    await queue.removeJobScheduler('fire-due-schedules');

    await clock.moveTo(new Date('2027-03-27T23:00Z'));

    expect(await settledRuns(ann, id, 1)).toMatchObject([{ outcome: 'succeeded' }]);
    expect(await queue.getJobScheduler('fire-due-schedules')).toMatchObject({ every: POLL_INTERVAL_MS });
  });
});
