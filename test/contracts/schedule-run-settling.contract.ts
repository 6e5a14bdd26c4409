import type { UserPrincipal } from '../../src/platform/auth/principal';
import type { PlannedDelivery } from '../../src/platform/outbox/planned-delivery';
import { accessToOwn } from '../../src/scheduled-export/model/domain/schedule-access';
import { MAX_FAILURES, type Pause, type Schedule } from '../../src/scheduled-export/model/domain/schedule';
import type { RunResult } from '../../src/scheduled-export/model/domain/schedule-run';
import type { RecordsUnderTest } from '../support/records-under-test';
import { DAY_SECONDS, MAIL_NOTICE, type scheduleDefinition, WEBHOOK_NOTICE } from '../support/schedule-definitions';

const FAILED: RunResult = {
  outcome: 'failed',
  error: 'No rows',
  errorCode: 'rows-not-written',
  failureStreak: 'increment',
};
const SUCCEEDED: RunResult = { outcome: 'succeeded', error: null, errorCode: null, failureStreak: 'reset' };
const CANCELLED: RunResult = {
  ...{ outcome: 'failed', error: 'The export was cancelled', errorCode: 'export-cancelled', failureStreak: 'keep' },
};

const GONE: Pause = { code: 'webhook-gone', reason: 'Gone' };
const RIGHT_ENDED: Pause = { code: 'administrator-right-ended', reason: 'No administrator any more' };
const ADMINISTRATORS: readonly PlannedDelivery[] = ['root@example.com', 'boss@example.com'].map((to) => ({
  ...{ channel: 'email', on: ['failed'], target: { to } },
}));

interface Bench {
  readonly records: () => RecordsUnderTest;
  readonly ann: () => UserPrincipal;
  /** A schedule of Ann's. */
  readonly make: (traits?: Parameters<typeof scheduleDefinition>[0]) => Promise<Schedule>;
}

/** What comes of runs, and what that means for their schedules. */
export function describeRunSettling({ records, ann, make }: Bench): void {
  const read = async ({ id }: Schedule) => (await records().schedules.find(id, accessToOwn(ann())))!;
  const lastStep = async ({ id }: Schedule) => (await records().auditOf(id)).at(-1);

  async function fail({ id }: Schedule, count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) {
      await records().runs.settle((await records().runs.startManual(id, ann(), null, null)).run, FAILED);
    }
  }

  describe('settling', () => {
    it('writes the outcome of a run once', async () => {
      const schedule = await make();
      const { run } = await records().runs.startManual(schedule.id, ann(), null, null);

      await Promise.all([records().runs.settle(run, FAILED), records().runs.settle(run, FAILED)]);
      await records().runs.settle(run, SUCCEEDED);

      const { items } = await records().runs.list(schedule.id, 10);
      expect(items).toMatchObject([
        { id: run.id, outcome: 'failed', error: 'No rows', errorCode: 'rows-not-written', endedAt: expect.any(Date) },
      ]);
      expect((await read(schedule)).failures).toBe(1);
    });

    it('counts failures in a row, which a success resets and a cancellation does not', async () => {
      const schedule = await make();
      const counts: number[] = [];
      for (const verdict of [FAILED, FAILED, CANCELLED, SUCCEEDED, FAILED]) {
        await records().runs.settle((await records().runs.startManual(schedule.id, ann(), null, null)).run, verdict);
        counts.push((await read(schedule)).failures);
      }

      expect(counts).toEqual([1, 2, 2, 0, 1]);
    });

    it(`leaves a schedule active after ${MAX_FAILURES - 1} failures in a row`, async () => {
      const schedule = await make({ notice: MAIL_NOTICE });

      await fail(schedule, MAX_FAILURES - 1);

      expect(await read(schedule)).toMatchObject({ isActive: true, pausedReason: null });
      expect(await records().messagesOf(schedule.id)).toEqual([]);
    });

    it(`pauses a schedule after ${MAX_FAILURES} failures in a row, and notifies its owner once`, async () => {
      const schedule = await make({ notice: MAIL_NOTICE });

      await fail(schedule, MAX_FAILURES + 1);

      expect(await read(schedule)).toMatchObject({
        ...{ isActive: false, nextRunAt: null, failures: MAX_FAILURES + 1 },
        pausedCode: 'runs-failed',
        pausedReason: expect.stringMatching(/^5 runs in a row failed.*No rows$/),
      });
      expect(await records().messagesOf(schedule.id)).toEqual([
        { event: 'schedule.paused', channel: 'email', target: MAIL_NOTICE.target },
      ]);
      expect((await records().auditOf(schedule.id)).filter(({ action }) => action === 'schedule.paused')).toHaveLength(
        1,
      );
    });

    it('leaves other schedules alone', async () => {
      const [schedule, other] = [await make(), await make()];

      await fail(schedule, MAX_FAILURES);

      expect(await read(other)).toEqual(other);
    });

    it('of a run whose schedule was deleted does nothing', async () => {
      const { id } = await make();
      const { run } = await records().runs.startManual(id, ann(), null, null);
      await records().schedules.delete(id, accessToOwn(ann()));

      await expect(records().runs.settle(run, FAILED)).resolves.toBeUndefined();
    });
  });

  describe('a webhook that wants nothing more', () => {
    it.each([
      ['is told by mail', MAIL_NOTICE, 1],
      ['is not told by that webhook', WEBHOOK_NOTICE, 0],
      ['may be told by nobody', null, 0],
    ])('pauses its schedule, whose owner %s', async (_, notice, messages) => {
      const schedule = await make({ notice });
      const { run } = await records().runs.startManual(schedule.id, ann(), null, null);

      await records().runs.pauseAfter(run, GONE);
      await records().runs.pauseAfter(run, { ...GONE, reason: 'Gone again' });

      expect(await read(schedule)).toMatchObject({
        isActive: false,
        nextRunAt: null,
        pausedReason: 'Gone',
        pausedCode: 'webhook-gone',
      });
      expect(await records().messagesOf(schedule.id)).toHaveLength(messages);
      expect(await lastStep(schedule)).toMatchObject({ action: 'schedule.paused', userId: null });
    });

    it('leaves a schedule as it is that its owner has paused', async () => {
      const schedule = await make({ notice: MAIL_NOTICE });
      const { run } = await records().runs.startManual(schedule.id, ann(), null, null);
      await records().schedules.pause(schedule.id, accessToOwn(ann()));

      await records().runs.pauseAfter(run, GONE);

      expect(await read(schedule)).toMatchObject({ isActive: false, pausedReason: null });
      expect(await records().messagesOf(schedule.id)).toEqual([]);
    });
  });

  describe('a right that ended', () => {
    const begin = async ({ id }: Schedule) => (await records().runs.startManual(id, ann(), null, null)).run;
    const addressesOf = async ({ id }: Schedule) =>
      (await records().messagesOf(id)).map(({ target }) => (target as { to?: string }).to).sort();

    it('pauses its schedule, and notifies the owner and each administrator once', async () => {
      const schedule = await make({ notice: MAIL_NOTICE });
      const run = await begin(schedule);

      await records().runs.pauseAfter(run, RIGHT_ENDED, ADMINISTRATORS);
      await records().runs.pauseAfter(run, RIGHT_ENDED, ADMINISTRATORS);

      expect(await read(schedule)).toMatchObject({
        ...{ isActive: false, nextRunAt: null, pausedCode: RIGHT_ENDED.code, pausedReason: RIGHT_ENDED.reason },
      });
      expect(await addressesOf(schedule)).toEqual(['ann@example.com', 'boss@example.com', 'root@example.com']);
      expect(await lastStep(schedule)).toMatchObject({
        ...{ action: 'schedule.paused', userId: null, details: { owner: ann().userId, reason: RIGHT_ENDED.reason } },
      });
    });

    it('is told to administrators once a day about one owner, whichever schedules they have', async () => {
      const [first, second, later] = [await make(), await make(), await make()];

      await Promise.all(
        [first, second].map(async (one) => records().runs.pauseAfter(await begin(one), RIGHT_ENDED, ADMINISTRATORS)),
      );
      const told = [...(await addressesOf(first)), ...(await addressesOf(second))];
      await records().advance(DAY_SECONDS + 1);
      await records().runs.pauseAfter(await begin(later), RIGHT_ENDED, ADMINISTRATORS);

      expect(told.sort()).toEqual(['boss@example.com', 'root@example.com']);
      expect(await addressesOf(later)).toEqual(['boss@example.com', 'root@example.com']);
    });
  });

  it('finds a run by its export, until its schedule is deleted', async () => {
    const schedule = await make();
    const { run } = await records().runs.startManual(schedule.id, ann(), null, null);

    const found = await records().runs.findByExport(run.exportId);
    await records().schedules.delete(schedule.id, accessToOwn(ann()));

    expect(found).toMatchObject({ run: { id: run.id }, schedule: { id: schedule.id } });
    expect(Math.abs(found!.now.getTime() - records().now().getTime())).toBeLessThan(10_000);
    expect(await records().runs.findByExport(run.exportId)).toBeNull();
  });
}
