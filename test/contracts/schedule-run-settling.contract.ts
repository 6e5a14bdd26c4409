import { createExport } from '../../src/export/model/domain/export-request';
import type { UserPrincipal } from '../../src/platform/auth/principal';
import { ENDINGS, type PlannedDelivery } from '../../src/platform/outbox/planned-delivery';
import { MAX_ATTEMPTS } from '../../src/production/model/domain/attempt-limits';
import { accessToOwn } from '../../src/scheduled-export/model/domain/schedule-rights';
import { MAX_FAILURES } from '../../src/scheduled-export/model/domain/pause';
import { type Pause, type Schedule } from '../../src/scheduled-export/model/domain/schedule';
import type { RunResult, ScheduleRun } from '../../src/scheduled-export/model/domain/schedule-run';
import { exportRequest, finishedFile } from '../support/export-requests';
import { LEASE_SECONDS, type RecordsUnderTest } from '../support/records-under-test';
import { DAY_SECONDS, MAIL_NOTICE, scheduleDefinition, WEBHOOK_NOTICE } from '../support/schedule-definitions';

const FAILED: RunResult = {
  outcome: 'failed',
  error: 'No rows',
  errorCode: 'rows-not-written',
  failureStreak: 'increment',
};
const SUCCEEDED: RunResult = { outcome: 'succeeded', error: null, errorCode: null, failureStreak: 'reset' };
const CANCELLED: RunResult = {
  outcome: 'failed',
  error: 'The export was cancelled',
  errorCode: 'export-cancelled',
  failureStreak: 'keep',
};

const GONE: Pause = { code: 'webhook-gone', reason: 'Gone' };
const RIGHT_ENDED: Pause = { code: 'administrator-right-ended', reason: 'No administrator any more' };
const ADMINISTRATORS: readonly PlannedDelivery[] = ['root@example.com', 'boss@example.com'].map((to) => ({
  channel: 'email',
  on: ['failed'],
  target: { to },
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
      await records().runs.conclude((await records().runs.startManual(id, ann(), null, null)).run, FAILED);
    }
  }

  /** A run whose export is claimed by a worker. */
  async function process(schedule: Schedule, ...channels: string[]) {
    const { run } = await records().runs.startManual(schedule.id, ann(), null, null);
    const deliveries = channels.map((channel): PlannedDelivery => ({ channel, on: ENDINGS, target: { to: channel } }));
    const about = { id: run.exportId, scheduleId: schedule.id, delivery: { deliveries, asked: null } };
    await createExport(records().exports, exportRequest({ ...about, caller: ann() }));
    return { run, attempt: (await records().claim(run.exportId))! };
  }

  const readRun = async ({ scheduleId }: ScheduleRun) => (await records().runs.list(scheduleId, 1)).items[0]!;
  const complete = ({ attempt }: Awaited<ReturnType<typeof process>>) =>
    records().attempts.finish(attempt, finishedFile(attempt.export.id));

  describe('the outcome of a run', () => {
    it('is written by the transaction that completes its export', async () => {
      const schedule = await make();
      const processed = await process(schedule);

      await complete(processed);

      expect(await readRun(processed.run)).toMatchObject({ outcome: 'succeeded', endedAt: expect.any(Date) });
    });

    it('is written by the transaction that fails its export', async () => {
      const schedule = await make();
      const { run, attempt } = await process(schedule);

      await records().attempts.fail(attempt, { code: 'rows-not-written', reason: 'No rows' });

      expect(await readRun(run)).toMatchObject({ outcome: 'failed', error: 'No rows', errorCode: 'rows-not-written' });
      expect(await read(schedule)).toMatchObject({ failures: 1 });
    });

    it('is written by the transaction that cancels its export, and keeps the failure streak', async () => {
      const schedule = await make();
      const { run } = await process(schedule);

      await records().exports.cancel(run.exportId, ann());

      expect(await readRun(run)).toMatchObject({ outcome: 'failed', errorCode: 'export-cancelled' });
      expect(await read(schedule)).toMatchObject({ failures: 0 });
    });

    it('is written by the transaction that fails an export after lost attempts', async () => {
      const schedule = await make();
      const { run } = await process(schedule);
      for (let turn = 1; turn < MAX_ATTEMPTS; turn++) {
        await records().advance(LEASE_SECONDS + 1);
        await records().claim(run.exportId);
      }
      await records().advance(LEASE_SECONDS + 1);

      await records().maintenance.requeueStalled();

      expect(await readRun(run)).toMatchObject({ outcome: 'failed', errorCode: 'attempts-exhausted' });
    });

    it('is written by the transaction that ends the last delivery', async () => {
      const schedule = await make();
      const processed = await process(schedule, 'email', 'webhook');
      await complete(processed);
      const [first, second] = await records().deliveries.claimDue({ email: 1, webhook: 1 });

      await records().deliveries.markDelivered(first!, { status: 200 });
      const before = await readRun(processed.run);
      await records().deliveries.markDelivered(second!, { status: 200 });

      expect([before.outcome, (await readRun(processed.run)).outcome]).toEqual([null, 'succeeded']);
    });

    it('is written once when the last deliveries end concurrently', async () => {
      const schedule = await make();
      for (let turn = 0; turn < 3; turn++) {
        const processed = await process(schedule, 'email', 'webhook', 's3');
        await complete(processed);
        const attempts = await records().deliveries.claimDue({ email: 1, webhook: 1, s3: 1 });

        await Promise.all(attempts.map((attempt) => records().deliveries.markFailed(attempt, 'No route', null)));

        expect(await readRun(processed.run)).toMatchObject({ outcome: 'failed', errorCode: 'file-not-delivered' });
        expect(await read(schedule)).toMatchObject({ failures: turn + 1 });
      }
    });

    it('stays null while a delivery is retried', async () => {
      const schedule = await make();
      const processed = await process(schedule, 'webhook');
      await complete(processed);
      const [attempt] = await records().deliveries.claimDue({ webhook: 1 });

      await records().deliveries.scheduleRetry(attempt!, 60, '500');

      expect(await readRun(processed.run)).toMatchObject({ outcome: null });
    });

    it('of a failed export waits for one attempt to send the notification', async () => {
      const schedule = await make();
      const { run, attempt } = await process(schedule, 'webhook');
      await records().attempts.fail(attempt, { code: 'rows-not-written', reason: 'No rows' });
      const before = await readRun(run);
      const [notice] = await records().deliveries.claimDue({ webhook: 1 });

      await records().deliveries.scheduleRetry(notice!, 60, '500');

      expect([before.outcome, (await readRun(run)).outcome]).toEqual([null, 'failed']);
    });

    it('comes with the pause of a schedule whose webhook is gone', async () => {
      const schedule = await make({ notice: MAIL_NOTICE });
      const processed = await process(schedule, 'webhook');
      await complete(processed);
      const [attempt] = await records().deliveries.claimDue({ webhook: 1 });

      await records().deliveries.markFailed(attempt!, '410', 'gone');

      expect(await readRun(processed.run)).toMatchObject({ outcome: 'failed' });
      expect(await read(schedule)).toMatchObject({ isActive: false, pausedCode: 'webhook-gone' });
    });

    it('of an export that an earlier version ended is written by a later check', async () => {
      const schedule = await make();
      const processed = await process(schedule);
      await records().cancelAsBefore(processed.run.exportId);
      const before = await readRun(processed.run);

      await records().runs.settle(processed.run);

      expect(before.outcome).toBeNull();
      expect(await readRun(processed.run)).toMatchObject({ outcome: 'failed', errorCode: 'export-cancelled' });
    });

    it('is not affected by exports without a run', async () => {
      const { export: own } = await createExport(records().exports, exportRequest({ caller: ann() }));

      await expect(records().exports.cancel(own.id, ann())).resolves.toMatchObject({ status: 'cancelled' });
    });
  });

  describe('a result', () => {
    it('is written once', async () => {
      const schedule = await make();
      const { run } = await records().runs.startManual(schedule.id, ann(), null, null);

      await Promise.all([records().runs.conclude(run, FAILED), records().runs.conclude(run, FAILED)]);
      await records().runs.conclude(run, SUCCEEDED);

      const { items } = await records().runs.list(schedule.id, 10);
      expect(items).toMatchObject([
        { id: run.id, outcome: 'failed', error: 'No rows', errorCode: 'rows-not-written', endedAt: expect.any(Date) },
      ]);
      expect((await read(schedule)).failures).toBe(1);
    });

    it('increments, keeps or resets the failure streak', async () => {
      const schedule = await make();
      const counts: number[] = [];
      for (const result of [FAILED, FAILED, CANCELLED, SUCCEEDED, FAILED]) {
        await records().runs.conclude((await records().runs.startManual(schedule.id, ann(), null, null)).run, result);
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
        isActive: false,
        nextRunAt: null,
        failures: MAX_FAILURES + 1,
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

    it('does not affect other schedules', async () => {
      const [schedule, other] = [await make(), await make()];

      await fail(schedule, MAX_FAILURES);

      expect(await read(other)).toEqual(other);
    });

    it('of a run whose schedule was deleted changes nothing', async () => {
      const { id } = await make();
      const { run } = await records().runs.startManual(id, ann(), null, null);
      await records().schedules.delete(id, accessToOwn(ann()));

      await expect(records().runs.conclude(run, FAILED)).resolves.toBeUndefined();
    });
  });

  describe('a webhook that is gone', () => {
    it.each([
      ['is notified by mail', MAIL_NOTICE, 1],
      ['is not notified by that webhook', WEBHOOK_NOTICE, 0],
      ['is not notified without a channel', null, 0],
    ])('pauses its schedule, whose owner %s', async (_, notice, messages) => {
      const { delivery } = scheduleDefinition();
      const schedule = await make({ notice, delivery: { ...delivery, method: 'webhook' } });
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

    it('does not change a schedule that its owner has paused', async () => {
      const schedule = await make({ notice: MAIL_NOTICE });
      const { run } = await records().runs.startManual(schedule.id, ann(), null, null);
      await records().schedules.pause(schedule.id, accessToOwn(ann()));

      await records().runs.pauseAfter(run, GONE);

      expect(await read(schedule)).toMatchObject({ isActive: false, pausedReason: null });
      expect(await records().messagesOf(schedule.id)).toEqual([]);
    });
  });

  describe('an administrator’s right that has ended', () => {
    const begin = async ({ id }: Schedule) => (await records().runs.startManual(id, ann(), null, null)).run;
    const addressesOf = async ({ id }: Schedule) =>
      (await records().messagesOf(id)).map(({ target }) => (target as { to?: string }).to).sort();

    it('pauses its schedule, and notifies the owner and each administrator once', async () => {
      const schedule = await make({ notice: MAIL_NOTICE });
      const run = await begin(schedule);

      await records().runs.pauseAfter(run, RIGHT_ENDED, ADMINISTRATORS);
      await records().runs.pauseAfter(run, RIGHT_ENDED, ADMINISTRATORS);

      expect(await read(schedule)).toMatchObject({
        isActive: false,
        nextRunAt: null,
        pausedCode: RIGHT_ENDED.code,
        pausedReason: RIGHT_ENDED.reason,
      });
      expect(await addressesOf(schedule)).toEqual(['ann@example.com', 'boss@example.com', 'root@example.com']);
      expect(await lastStep(schedule)).toMatchObject({
        action: 'schedule.paused',
        userId: null,
        details: { owner: ann().userId, reason: RIGHT_ENDED.reason },
      });
    });

    it('notifies administrators once a day about one owner with any number of schedules', async () => {
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
