import type { Caller } from '../../src/platform/auth/caller';
import { idempotentRequest } from '../../src/platform/idempotency/idempotency-keys';
import type { ScheduleRunRepository } from '../../src/scheduled-export/model/domain/interfaces/schedule-run.repository';
import { MOST_FAILURES, type Schedule } from '../../src/scheduled-export/model/domain/schedule';
import type { RunVerdict } from '../../src/scheduled-export/model/domain/schedule-run';
import type { CreateRecords, RecordsUnderTest } from '../support/records-under-test';
import {
  DAY_SECONDS,
  MAIL_NOTICE,
  scheduleDefinition,
  somebody,
  WEBHOOK_NOTICE,
} from '../support/schedule-definitions';

const DAY_MS = DAY_SECONDS * 1000;
const REQUEST_SECONDS = 2;
const LIMIT = { limit: 2, windowSeconds: 60 };
const FAILED: RunVerdict = { outcome: 'failed', error: 'No rows', counts: 'up' };
const SUCCEEDED: RunVerdict = { outcome: 'succeeded', error: null, counts: 'reset' };
const CANCELLED: RunVerdict = { outcome: 'failed', error: 'The export was cancelled', counts: 'not' };

/** What every repository of schedules' runs has to keep. */
export function describeScheduleRunRepository(name: string, create: CreateRecords): void {
  describe(name, () => {
    let records: RecordsUnderTest;
    let runs: ScheduleRunRepository;
    let ann: Caller;

    beforeAll(async () => {
      records = await create();
      ({ runs } = records);
    });
    beforeEach(async () => {
      await records.clear();
      ann = somebody();
    });
    afterAll(() => records.end());

    async function make(traits: Parameters<typeof scheduleDefinition>[0] = {}, by = ann): Promise<Schedule> {
      return (await records.schedules.create(scheduleDefinition(traits), by, null)).schedule;
    }

    const read = async ({ id }: Schedule) => (await records.schedules.findOwned(id, ann))!;
    const lastStep = async ({ id }: Schedule) => (await records.auditOf(id)).at(-1);

    async function fail(schedule: Schedule, count: number): Promise<void> {
      for (let turn = 0; turn < count; turn++) {
        await runs.settle((await runs.beginManual(schedule.id, ann, null, null)).run, FAILED);
      }
    }

    describe('a slot that is due', () => {
      it('is run, and the schedule goes on to the next', async () => {
        const schedule = await make();
        await records.advance(DAY_SECONDS);
        const due = await read(schedule);

        const begun = await runs.beginDue();

        expect(begun).toMatchObject({
          schedule: { id: schedule.id },
          run: { scheduleId: schedule.id, slot: due.nextRunAt, trigger: 'schedule', outcome: null, endedAt: null },
        });
        const { nextRunAt, lastRunAt } = await read(schedule);
        expect(nextRunAt!.getTime() - due.nextRunAt!.getTime()).toBe(DAY_MS);
        expect(Math.abs(lastRunAt!.getTime() - records.now().getTime())).toBeLessThan(10_000);
        expect(await lastStep(schedule)).toMatchObject({ action: 'schedule.fired', userId: null });
      });

      it('is run once, however many processes look', async () => {
        await make();
        await make();
        await make();
        await records.advance(DAY_SECONDS);

        const begun = await Promise.all(Array.from({ length: 8 }, () => runs.beginDue()));
        for (let more = await runs.beginDue(); more; more = await runs.beginDue()) begun.push(more);

        const ids = begun.flatMap((one) => (one ? [one.run.scheduleId] : []));
        expect(ids).toHaveLength(3);
        expect(new Set(ids).size).toBe(3);
        expect(new Set(begun.map((one) => one?.run.exportId)).size).toBeGreaterThanOrEqual(3);
      });

      it('is not run before its time', async () => {
        await make();

        expect(await runs.beginDue()).toBeNull();
      });

      it('stands for all slots that were missed', async () => {
        const schedule = await make();
        await records.advance(3 * DAY_SECONDS);

        const begun = await runs.beginDue();

        const age = records.now().getTime() - begun!.run.slot!.getTime();
        expect(age).toBeGreaterThan(0);
        expect(age).toBeLessThan(DAY_MS);
        expect((await read(schedule)).nextRunAt!.getTime()).toBe(begun!.run.slot!.getTime() + DAY_MS);
        expect(await runs.beginDue()).toBeNull();
      });

      it('of a paused schedule is not run', async () => {
        const schedule = await make();
        await records.schedules.pause(schedule.id, ann);
        await records.advance(DAY_SECONDS);

        expect(await runs.beginDue()).toBeNull();
      });

      it('comes before others that are due later', async () => {
        const daily = await make();
        const hourly = await make({ rule: { ...scheduleDefinition().rule, frequency: 'hourly' } });
        await records.advance(DAY_SECONDS);
        await runs.beginDue();
        await runs.beginDue();
        await records.advance(DAY_SECONDS);

        // The hourly one has been due for nearly a day, the daily one for half of one.
        const order = [await runs.beginDue(), await runs.beginDue()].map((begun) => begun?.schedule.id);
        expect(order).toEqual([hourly.id, daily.id]);
      });
    });

    describe('a run on demand', () => {
      it('stands for no slot, and leaves the next one', async () => {
        const schedule = await make();

        const { run, isNew } = await runs.beginManual(schedule.id, ann, null, null);

        expect([isNew, run]).toMatchObject([true, { slot: null, trigger: 'manual', scheduleId: schedule.id }]);
        expect((await read(schedule)).nextRunAt).toEqual(schedule.nextRunAt);
        expect((await read(schedule)).lastRunAt).not.toBeNull();
        expect(await lastStep(schedule)).toMatchObject({ action: 'schedule.run-requested', userId: ann.userId });
      });

      it('is possible while the schedule is paused', async () => {
        const schedule = await make({ isActive: false });

        expect(await runs.beginManual(schedule.id, ann, null, null)).toMatchObject({ isNew: true });
      });

      it('is not for strangers', async () => {
        const { id } = await make();

        for (const stranger of [somebody(), { ...ann, tenantId: 'blue' }]) {
          await expect(runs.beginManual(id, stranger, null, null)).rejects.toMatchObject({ kind: 'not-found' });
        }
        expect(await runs.list(id, 10)).toMatchObject({ count: 0 });
      });

      it('is one for an idempotency key, and counts once', async () => {
        const { id } = await make();
        const key = idempotentRequest(ann, 'k', 'schedule-run', id);

        const all = await Promise.all([1, 2, 3].map(() => runs.beginManual(id, ann, key, LIMIT)));

        expect(new Set(all.map(({ run }) => run.id)).size).toBe(1);
        expect(all.filter(({ isNew }) => isNew)).toMatchObject([{ rateLimit: { name: 'runs', remaining: 1 } }]);
        expect(all.filter(({ isNew }) => !isNew)).toMatchObject([{ rateLimit: null }, { rateLimit: null }]);
      });

      it('is gone with its schedule, for a repeat', async () => {
        const { id } = await make();
        const key = idempotentRequest(ann, 'k', 'schedule-run', id);
        await runs.beginManual(id, ann, key, null);
        await records.schedules.delete(id, ann);

        await expect(runs.beginManual(id, ann, key, null)).rejects.toMatchObject({ kind: 'gone' });
      });

      it('is limited for each person over all schedules, also deleted ones', async () => {
        const [one, other] = [await make(), await make()];
        await runs.beginManual(one.id, ann, null, LIMIT);
        await runs.beginManual(other.id, ann, null, LIMIT);
        await records.schedules.delete(one.id, ann);

        const refused = runs.beginManual(other.id, ann, null, LIMIT);

        await expect(refused).rejects.toMatchObject({ kind: 'limit' });
        await records.advance(LIMIT.windowSeconds + 1);
        expect(await runs.beginManual(other.id, ann, null, LIMIT)).toMatchObject({ rateLimit: { remaining: 1 } });
      });

      it('is limited also when many come at once', async () => {
        const { id } = await make();

        const all = await Promise.allSettled([1, 2, 3, 4].map(() => runs.beginManual(id, ann, null, LIMIT)));

        expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(LIMIT.limit);
      });

      it('of others counts for nobody else', async () => {
        const ben = { ...ann, tenantId: 'blue' };
        const [own, theirs] = [await make(), await make({}, ben)];
        await runs.beginManual(theirs.id, ben, null, LIMIT);

        expect(await runs.beginManual(own.id, ann, null, LIMIT)).toMatchObject({ rateLimit: { remaining: 1 } });
      });
    });

    describe('unsettled runs', () => {
      it('are left to the process that started them for a moment', async () => {
        const { id } = await make();
        const { run } = await runs.beginManual(id, ann, null, null);
        const early = await runs.takeOpen();
        await records.advance(REQUEST_SECONDS + 1);

        expect([early, await runs.takeOpen()]).toMatchObject([[], [{ run: { id: run.id }, schedule: { id } }]]);
      });

      it('are given to one of many processes, and to another after a while', async () => {
        const { id } = await make();
        await runs.beginManual(id, ann, null, null);
        await records.advance(REQUEST_SECONDS + 1);

        const taken = (await Promise.all([1, 2, 3, 4].map(() => runs.takeOpen()))).flat();
        await records.advance(2);

        expect([taken.length, (await runs.takeOpen()).length]).toEqual([1, 1]);
      });

      it('are looked at the less often the older they are', async () => {
        const { id } = await make();
        await runs.beginManual(id, ann, null, null);
        await records.advance(100);
        await runs.takeOpen();
        await records.advance(8);
        const early = await runs.takeOpen();
        await records.advance(4);

        expect([early.length, (await runs.takeOpen()).length]).toEqual([0, 1]);
      });

      it('are none that are settled', async () => {
        const { id } = await make();
        await runs.settle((await runs.beginManual(id, ann, null, null)).run, SUCCEEDED);
        await records.advance(DAY_SECONDS);

        expect(await runs.takeOpen()).toEqual([]);
      });
    });

    describe('settling', () => {
      it('writes the outcome of a run once', async () => {
        const schedule = await make();
        const { run } = await runs.beginManual(schedule.id, ann, null, null);

        await Promise.all([runs.settle(run, FAILED), runs.settle(run, FAILED)]);
        await runs.settle(run, SUCCEEDED);

        const { items } = await runs.list(schedule.id, 10);
        expect(items).toMatchObject([{ id: run.id, outcome: 'failed', error: 'No rows', endedAt: expect.any(Date) }]);
        expect((await read(schedule)).failures).toBe(1);
      });

      it('counts failures in a row, which a success resets and a cancellation does not', async () => {
        const schedule = await make();
        const counts: number[] = [];
        for (const verdict of [FAILED, FAILED, CANCELLED, SUCCEEDED, FAILED]) {
          await runs.settle((await runs.beginManual(schedule.id, ann, null, null)).run, verdict);
          counts.push((await read(schedule)).failures);
        }

        expect(counts).toEqual([1, 2, 2, 0, 1]);
      });

      it(`leaves a schedule active after ${MOST_FAILURES - 1} failures in a row`, async () => {
        const schedule = await make({ notice: MAIL_NOTICE });

        await fail(schedule, MOST_FAILURES - 1);

        expect(await read(schedule)).toMatchObject({ isActive: true, pausedReason: null });
        expect(await records.messagesOf(schedule.id)).toEqual([]);
      });

      it(`pauses a schedule after ${MOST_FAILURES} failures in a row, and notifies its owner once`, async () => {
        const schedule = await make({ notice: MAIL_NOTICE });

        await fail(schedule, MOST_FAILURES + 1);

        expect(await read(schedule)).toMatchObject({
          ...{ isActive: false, nextRunAt: null, failures: MOST_FAILURES + 1 },
          pausedReason: expect.stringMatching(/^5 runs in a row failed.*No rows$/),
        });
        expect(await records.messagesOf(schedule.id)).toEqual([
          { event: 'schedule.paused', channel: 'email', target: MAIL_NOTICE.target },
        ]);
        expect((await records.auditOf(schedule.id)).filter(({ action }) => action === 'schedule.paused')).toHaveLength(
          1,
        );
      });

      it('leaves other schedules alone', async () => {
        const [schedule, other] = [await make(), await make()];

        await fail(schedule, MOST_FAILURES);

        expect(await read(other)).toEqual(other);
      });

      it('of a run whose schedule was deleted does nothing', async () => {
        const { id } = await make();
        const { run } = await runs.beginManual(id, ann, null, null);
        await records.schedules.delete(id, ann);

        await expect(runs.settle(run, FAILED)).resolves.toBeUndefined();
      });
    });

    describe('a webhook that wants nothing more', () => {
      it.each([
        ['is told by mail', MAIL_NOTICE, 1],
        ['is not told by that webhook', WEBHOOK_NOTICE, 0],
        ['may be told by nobody', null, 0],
      ])('pauses its schedule, whose owner %s', async (_, notice, messages) => {
        const schedule = await make({ notice });
        const { run } = await runs.beginManual(schedule.id, ann, null, null);

        await runs.pauseAfter(run, 'Gone');
        await runs.pauseAfter(run, 'Gone again');

        expect(await read(schedule)).toMatchObject({ isActive: false, nextRunAt: null, pausedReason: 'Gone' });
        expect(await records.messagesOf(schedule.id)).toHaveLength(messages);
        expect(await lastStep(schedule)).toMatchObject({ action: 'schedule.paused', userId: null });
      });

      it('leaves a schedule as it is that its owner has paused', async () => {
        const schedule = await make({ notice: MAIL_NOTICE });
        const { run } = await runs.beginManual(schedule.id, ann, null, null);
        await records.schedules.pause(schedule.id, ann);

        await runs.pauseAfter(run, 'Gone');

        expect(await read(schedule)).toMatchObject({ isActive: false, pausedReason: null });
        expect(await records.messagesOf(schedule.id)).toEqual([]);
      });
    });

    it('lists the runs of one schedule, the newest first, and knows the last', async () => {
      const [schedule, other] = [await make(), await make()];
      const ids: string[] = [];
      for (let turn = 0; turn < 3; turn++) ids.unshift((await runs.beginManual(schedule.id, ann, null, null)).run.id);

      const first = await runs.list(schedule.id, 2);
      const second = await runs.list(schedule.id, 2, first.nextCursor!);
      const last = await runs.lastOf([schedule.id, other.id]);

      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
      expect([first.count, second.nextCursor]).toEqual([3, null]);
      expect([...last].map(([id, run]) => [id, run.id])).toEqual([[schedule.id, ids[0]]]);
    });
  });
}
