import type { UserPrincipal } from '../../src/platform/auth/principal';
import { idempotentRequest } from '../../src/platform/idempotent-request';
import type { ScheduleRunRepository } from '../../src/scheduled-export/model/domain/interfaces/schedule-run.repository';
import { accessToOwn } from '../../src/scheduled-export/model/domain/schedule-rights';
import type { Schedule } from '../../src/scheduled-export/model/domain/schedule';
import type { RunResult } from '../../src/scheduled-export/model/domain/schedule-run';
import {
  ADMIN_RIGHT_DAYS,
  type CreateRecords,
  type RecordsUnderTest,
  RUNS_PER_DAY,
} from '../support/records-under-test';
import { DAY_SECONDS, scheduleDefinition, createUser } from '../support/schedule-definitions';
import { describeRunSettling } from './schedule-run-settling.contract';

const DAY_MS = DAY_SECONDS * 1000;
const REQUEST_SECONDS = 5;
const LIMIT = { limit: 2, windowSeconds: 60 };
const SUCCEEDED: RunResult = { outcome: 'succeeded', error: null, errorCode: null, failureStreak: 'reset' };

/** What every repository of schedules' runs has to keep. */
export function describeScheduleRunRepository(name: string, create: CreateRecords): void {
  describe(name, () => {
    let records: RecordsUnderTest;
    let runs: ScheduleRunRepository;
    let ann: UserPrincipal;

    beforeAll(async () => {
      records = await create();
      ({ runs } = records);
    });
    beforeEach(async () => {
      await records.clear();
      ann = createUser();
    });
    afterAll(() => records.end());

    async function make(traits: Parameters<typeof scheduleDefinition>[0] = {}, by = ann): Promise<Schedule> {
      return (await records.schedules.create(scheduleDefinition(traits), by, null)).schedule;
    }

    const read = async ({ id }: Schedule) => (await records.schedules.find(id, accessToOwn(ann)))!;
    const lastStep = async ({ id }: Schedule) => (await records.auditOf(id)).at(-1);

    describe('a due slot', () => {
      it('runs and moves the schedule to the next one', async () => {
        const schedule = await make();
        await records.advance(DAY_SECONDS);
        const due = await read(schedule);

        const started = await runs.startDue();

        expect(started).toMatchObject({
          schedule: { id: schedule.id },
          run: { scheduleId: schedule.id, slot: due.nextRunAt, trigger: 'schedule', outcome: null, endedAt: null },
        });
        const { nextRunAt, lastRunAt } = await read(schedule);
        expect(nextRunAt!.getTime() - due.nextRunAt!.getTime()).toBe(DAY_MS);
        expect(Math.abs(lastRunAt!.getTime() - records.now().getTime())).toBeLessThan(10_000);
        expect(await lastStep(schedule)).toMatchObject({ action: 'schedule.fired', userId: null });
      });

      it('runs once for concurrent processes', async () => {
        await make();
        await make();
        await make();
        await records.advance(DAY_SECONDS);

        const started = await Promise.all(Array.from({ length: 8 }, () => runs.startDue()));
        for (let more = await runs.startDue(); more; more = await runs.startDue()) started.push(more);

        const ids = started.flatMap((one) => (one ? [one.run.scheduleId] : []));
        expect(ids).toHaveLength(3);
        expect(new Set(ids).size).toBe(3);
        expect(new Set(started.map((one) => one?.run.exportId)).size).toBeGreaterThanOrEqual(3);
      });

      it('does not run early', async () => {
        await make();

        expect(await runs.startDue()).toBeNull();
      });

      it('replaces all missed slots', async () => {
        const schedule = await make();
        await records.advance(3 * DAY_SECONDS);

        const started = await runs.startDue();

        const age = records.now().getTime() - started!.run.slot!.getTime();
        expect(age).toBeGreaterThan(0);
        expect(age).toBeLessThan(DAY_MS);
        expect((await read(schedule)).nextRunAt!.getTime()).toBe(started!.run.slot!.getTime() + DAY_MS);
        expect(await runs.startDue()).toBeNull();
      });

      it('of a paused schedule does not run', async () => {
        const schedule = await make();
        await records.schedules.pause(schedule.id, accessToOwn(ann));
        await records.advance(DAY_SECONDS);

        expect(await runs.startDue()).toBeNull();
      });

      it('runs before slots that are due later', async () => {
        const daily = await make();
        const hourly = await make({ rule: { ...scheduleDefinition().rule, frequency: 'hourly' } });
        await records.advance(DAY_SECONDS);
        await runs.startDue();
        await runs.startDue();
        await records.advance(DAY_SECONDS);

        // The hourly one has been due for nearly a day, the daily one for half of one.
        const order = [await runs.startDue(), await runs.startDue()].map((started) => started?.schedule.id);
        expect(order).toEqual([hourly.id, daily.id]);
      });
    });

    describe('a schedule with a slot every minute', () => {
      const rule = { ...scheduleDefinition().rule, frequency: 'cron', at: null, cron: '* * * * *' } as const;

      /** In which of so many minutes it runs. */
      async function minutesOf(schedule: Schedule, minutes: number): Promise<number[]> {
        const found: number[] = [];
        for (let minute = 0; minute < minutes; minute++) {
          await records.advance(60);
          const started = await runs.startDue();
          if (started?.schedule.id === schedule.id) found.push(minute);
        }
        return found;
      }

      it('runs every minute while its owner is an administrator', async () => {
        expect(await minutesOf(await make({ rule, asAdmin: true }), 3)).toHaveLength(3);
      });

      it('runs every 15 minutes if its owner is no administrator', async () => {
        const [first = 0, second = 0, ...more] = await minutesOf(await make({ rule }), 18);

        expect([first, more]).toEqual([0, []]);
        // Real time goes on as well, and a minute may begin in between.
        expect([14, 15]).toContain(second);
      });

      it('runs every 15 minutes after its owner’s administrator right has expired', async () => {
        const schedule = await make({ rule, asAdmin: true });
        await records.advance((ADMIN_RIGHT_DAYS + 1) * DAY_SECONDS);

        expect(await minutesOf(schedule, 14)).toHaveLength(1);
      });
    });

    describe('the daily quota of runs', () => {
      const rule = { ...scheduleDefinition().rule, frequency: 'hourly', at: '00:00' } as const;

      /** @returns how often each schedule ran */
      async function runHours(hours: number): Promise<Map<string, number>> {
        const counts = new Map<string, number>();
        for (let hour = 0; hour < hours; hour++) {
          await records.advance(3600);
          for (let started = await runs.startDue(); started; started = await runs.startDue()) {
            counts.set(started.schedule.id, (counts.get(started.schedule.id) ?? 0) + 1);
          }
        }
        return counts;
      }

      it('skips further slots without a run, a failure or an audit entry', async () => {
        const schedule = await make({ rule });

        const counts = await runHours(RUNS_PER_DAY + 3);

        expect(counts.get(schedule.id)).toBe(RUNS_PER_DAY);
        const { skippedSlot, nextRunAt, isActive, failures } = await read(schedule);
        expect([isActive, failures]).toEqual([true, 0]);
        expect(skippedSlot!.getTime()).toBeLessThan(records.now().getTime());
        const hours = (nextRunAt!.getTime() - records.now().getTime()) / 3_600_000;
        expect(hours).toBeGreaterThan(24 - RUNS_PER_DAY - 3);
        expect(hours).toBeLessThan(24);
        expect((await runs.list(schedule.id, 50)).count).toBe(RUNS_PER_DAY);
        const fired = (await records.auditOf(schedule.id)).filter(({ action }) => action === 'schedule.fired');
        expect(fired).toHaveLength(RUNS_PER_DAY);
      });

      it('includes all schedules of an owner, also deleted ones, and no others', async () => {
        const [one, other] = [await make({ rule }), await make({ rule })];
        const { id: another } = await make({ rule }, createUser());

        const counts = await runHours(2);
        await records.schedules.delete(one.id, accessToOwn(ann));
        await make({ rule });
        const later = await runHours(3);

        expect([counts.get(one.id), counts.get(other.id), counts.get(another)]).toEqual([2, 2, 2]);
        const own = [...later].filter(([id]) => id !== another).reduce((sum, [, count]) => sum + count, 0);
        expect([own, later.get(another)]).toEqual([RUNS_PER_DAY - 4, 3]);
      });

      it('is released when the first run is a day old', async () => {
        const schedule = await make({ rule });

        await runHours(RUNS_PER_DAY + 1);
        const again = await runHours(24 - RUNS_PER_DAY + 2);

        expect(again.get(schedule.id)).toBeGreaterThanOrEqual(1);
        expect(await read(schedule)).toMatchObject({ skippedSlot: null });
      });
    });

    describe('a manual run', () => {
      it('has no slot and keeps the next one', async () => {
        const schedule = await make();

        const { run, isNew } = await runs.startManual(schedule.id, ann, null, null);

        expect([isNew, run]).toMatchObject([true, { slot: null, trigger: 'manual', scheduleId: schedule.id }]);
        expect((await read(schedule)).nextRunAt).toEqual(schedule.nextRunAt);
        expect((await read(schedule)).lastRunAt).not.toBeNull();
        expect(await lastStep(schedule)).toMatchObject({ action: 'schedule.run-requested', userId: ann.userId });
      });

      it('is possible while the schedule is paused', async () => {
        const schedule = await make({ isActive: false });

        expect(await runs.startManual(schedule.id, ann, null, null)).toMatchObject({ isNew: true });
      });

      it('is not available to other users', async () => {
        const { id } = await make();

        for (const otherUser of [createUser(), { ...ann, tenantId: 'blue' }]) {
          await expect(runs.startManual(id, otherUser, null, null)).rejects.toMatchObject({ kind: 'not-found' });
        }
        expect(await runs.list(id, 10)).toMatchObject({ count: 0 });
      });

      it('is created and counted once per idempotency key', async () => {
        const { id } = await make();
        const key = idempotentRequest(ann, 'k', 'schedule-run', id);

        const all = await Promise.all([1, 2, 3].map(() => runs.startManual(id, ann, key, LIMIT)));

        expect(new Set(all.map(({ run }) => run.id)).size).toBe(1);
        expect(all.filter(({ isNew }) => isNew)).toMatchObject([{ rateLimit: { name: 'runs', remaining: 1 } }]);
        expect(all.filter(({ isNew }) => !isNew)).toMatchObject([{ rateLimit: null }, { rateLimit: null }]);
      });

      it('of a deleted schedule is not found by a repeated request', async () => {
        const { id } = await make();
        const key = idempotentRequest(ann, 'k', 'schedule-run', id);
        await runs.startManual(id, ann, key, null);
        await records.schedules.delete(id, accessToOwn(ann));

        await expect(runs.startManual(id, ann, key, null)).rejects.toMatchObject({ kind: 'gone' });
      });

      it('is limited per person over all schedules, also deleted ones', async () => {
        const [one, other] = [await make(), await make()];
        await runs.startManual(one.id, ann, null, LIMIT);
        await runs.startManual(other.id, ann, null, LIMIT);
        await records.schedules.delete(one.id, accessToOwn(ann));

        const refused = runs.startManual(other.id, ann, null, LIMIT);

        await expect(refused).rejects.toMatchObject({ kind: 'limit' });
        await records.advance(LIMIT.windowSeconds + 1);
        expect(await runs.startManual(other.id, ann, null, LIMIT)).toMatchObject({ rateLimit: { remaining: 1 } });
      });

      it('is limited for concurrent requests', async () => {
        const { id } = await make();

        const all = await Promise.allSettled([1, 2, 3, 4].map(() => runs.startManual(id, ann, null, LIMIT)));

        expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(LIMIT.limit);
      });

      it('does not count for other users', async () => {
        const ben = { ...ann, tenantId: 'blue' };
        const [own, theirs] = [await make(), await make({}, ben)];
        await runs.startManual(theirs.id, ben, null, LIMIT);

        expect(await runs.startManual(own.id, ann, null, LIMIT)).toMatchObject({ rateLimit: { remaining: 1 } });
      });
    });

    describe('unsettled runs', () => {
      it('are left to the process that started them for a while', async () => {
        const { id } = await make();
        const { run } = await runs.startManual(id, ann, null, null);
        const early = await runs.claimUnsettled();
        await records.advance(REQUEST_SECONDS + 1);

        expect([early, await runs.claimUnsettled()]).toMatchObject([[], [{ run: { id: run.id }, schedule: { id } }]]);
      });

      it('are claimed by one process, and by another after a while', async () => {
        const { id } = await make();
        await runs.startManual(id, ann, null, null);
        await records.advance(REQUEST_SECONDS + 1);

        const taken = (await Promise.all([1, 2, 3, 4].map(() => runs.claimUnsettled()))).flat();
        await records.advance(REQUEST_SECONDS + 3);

        expect([taken.length, (await runs.claimUnsettled()).length]).toEqual([1, 1]);
      });

      it('are checked less often the older they are', async () => {
        const { id } = await make();
        await runs.startManual(id, ann, null, null);
        await records.advance(100);
        await runs.claimUnsettled();
        await records.advance(55);
        const early = await runs.claimUnsettled();
        await records.advance(10);

        expect([early.length, (await runs.claimUnsettled()).length]).toEqual([0, 1]);
      });

      it('exclude settled ones', async () => {
        const { id } = await make();
        await runs.conclude((await runs.startManual(id, ann, null, null)).run, SUCCEEDED);
        await records.advance(DAY_SECONDS);

        expect(await runs.claimUnsettled()).toEqual([]);
      });
    });

    describeRunSettling({ records: () => records, ann: () => ann, make });

    it('lists the runs of one schedule, newest first, and returns the last', async () => {
      const [schedule, other] = [await make(), await make()];
      const ids: string[] = [];
      for (let turn = 0; turn < 3; turn++) ids.unshift((await runs.startManual(schedule.id, ann, null, null)).run.id);

      const first = await runs.list(schedule.id, 2);
      const second = await runs.list(schedule.id, 2, first.nextCursor!);
      const last = await runs.lastOf([schedule.id, other.id]);

      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
      expect([first.count, second.nextCursor]).toEqual([3, null]);
      expect([...last].map(([id, run]) => [id, run.id])).toEqual([[schedule.id, ids[0]]]);
    });
  });
}
