import { createScheduleBench } from '../../../../test/support/schedule-bench';
import { MAIL_NOTICE } from '../../../../test/support/schedule-definitions';
import { DomainError } from '../../../platform/errors/domain-error';
import type { PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import { toRunRequest } from '../domain/schedule-run';
import { MAX_FAILURES } from '../domain/pause';
import type { Schedule } from '../domain/schedule';
import { ScheduleRunner } from './schedule-runner';

const WEBHOOK: PlannedDelivery = {
  channel: 'webhook',
  on: ['completed', 'failed'],
  target: { url: 'https://x.example' },
};
const CHECK_SECONDS = 61;

function setup() {
  const bench = createScheduleBench();
  const { runs, exporting, records, ann, outbox } = bench;
  const sut = new ScheduleRunner(runs, exporting);

  /** Checks the unsettled runs, once that is due. */
  const settle = async () => {
    records.clock.advance(CHECK_SECONDS);
    await sut.runDue();
  };
  /** A run, whose export is asked for unless a test says otherwise. */
  const begin = async (schedule: Schedule, isRequested = true) => {
    const started = await runs.startManual(schedule.id, ann, null, null);
    if (isRequested) await exporting.request(toRunRequest(started));
    return started.run;
  };
  const readRun = async (schedule: Schedule) => (await runs.list(schedule.id, 1)).items[0]!;
  const fail = async (exportId: string) =>
    bench.attempts.fail((await bench.claim(exportId))!, { code: 'rows-not-written', reason: 'No rows' });
  const nextDelivery = async () => (await outbox.claimDue({ webhook: 1 }))[0]!;
  return { ...bench, settle, begin, readRun, fail, nextDelivery };
}

describe('The outcome of a run', () => {
  it('is null while its export is processed', async () => {
    const { make, begin, settle, readRun, claim } = setup();
    const schedule = await make();
    const { exportId } = await begin(schedule);
    await settle();
    await claim(exportId);

    await settle();

    expect(await readRun(schedule)).toMatchObject({ outcome: null, endedAt: null });
  });

  it('is success when the file was created', async () => {
    const { make, begin, settle, readRun, complete } = setup();
    const schedule = await make();
    const { exportId } = await begin(schedule);
    await complete(exportId);

    await settle();

    expect(await readRun(schedule)).toMatchObject({ outcome: 'succeeded', error: null, endedAt: expect.any(Date) });
  });

  it('is failure with its reason when the export failed', async () => {
    const { make, begin, settle, readRun, fail, readSchedule } = setup();
    const schedule = await make();
    await fail((await begin(schedule)).exportId);

    await settle();

    expect(await readRun(schedule)).toMatchObject({
      outcome: 'failed',
      error: 'No rows',
      errorCode: 'rows-not-written',
    });
    expect(await readSchedule(schedule)).toMatchObject({ failures: 1, isActive: true });
  });

  it('does not count as a failure when the export was cancelled', async () => {
    const { make, begin, settle, readRun, readSchedule, exports, ann } = setup();
    const schedule = await make();
    await exports.cancel((await begin(schedule)).exportId, ann);

    await settle();

    expect(await readRun(schedule)).toMatchObject({ outcome: 'failed' });
    expect(await readSchedule(schedule)).toMatchObject({ failures: 0 });
  });

  describe('with a delivery', () => {
    it('is null until the delivery has ended', async () => {
      const { make, begin, settle, readRun, complete, nextDelivery, outbox } = setup();
      const schedule = await make({ deliveries: [WEBHOOK] });
      await complete((await begin(schedule)).exportId);
      await settle();
      const before = await readRun(schedule);
      await outbox.markDelivered(await nextDelivery(), { status: 200 });

      await settle();

      expect([before.outcome, (await readRun(schedule)).outcome]).toEqual([null, 'succeeded']);
    });

    it('is failure when the delivery fails', async () => {
      const { make, begin, settle, readRun, complete, nextDelivery, outbox } = setup();
      const schedule = await make({ deliveries: [WEBHOOK] });
      await complete((await begin(schedule)).exportId);
      await outbox.markFailed(await nextDelivery(), '500', null);

      await settle();

      const { outcome, error } = await readRun(schedule);
      expect([outcome, error]).toEqual(['failed', expect.stringMatching(/webhook: 500$/)]);
    });

    it('is null while the delivery is not in the outbox', async () => {
      const { make, begin, settle, readRun, complete, records } = setup();
      const schedule = await make({ deliveries: [WEBHOOK] });
      await complete((await begin(schedule)).exportId);
      records.outbox.clear();

      await settle();

      expect(await readRun(schedule)).toMatchObject({ outcome: null });
    });
  });

  describe('with a webhook that answers 410', () => {
    it('pauses the schedule', async () => {
      const { make, begin, settle, readRun, readSchedule, complete, nextDelivery, outbox } = setup();
      const schedule = await make({ deliveries: [WEBHOOK], notice: MAIL_NOTICE });
      await complete((await begin(schedule)).exportId);
      await outbox.markFailed(await nextDelivery(), '410', 'gone');

      await settle();

      expect(await readSchedule(schedule)).toMatchObject({
        isActive: false,
        pausedReason: expect.stringMatching(/410/),
      });
      expect(await readRun(schedule)).toMatchObject({ outcome: 'failed' });
    });

    it('does not pause a schedule that was changed since', async () => {
      const { make, begin, settle, readSchedule, complete, nextDelivery, outbox, schedules, ann, records } = setup();
      const schedule = await make({ deliveries: [WEBHOOK] });
      await complete((await begin(schedule)).exportId);
      await outbox.markFailed(await nextDelivery(), '410', 'gone');
      records.clock.advance(1);
      await schedules.replace(schedule.id, { ...schedule, deliveries: [] }, ann);

      await settle();

      expect(await readSchedule(schedule)).toMatchObject({ isActive: true, pausedReason: null });
    });
  });

  it(`pauses the schedule after ${MAX_FAILURES} failures in a row`, async () => {
    const { make, begin, settle, readSchedule, fail } = setup();
    const schedule = await make({ notice: MAIL_NOTICE });
    const active: boolean[] = [];

    for (let turn = 0; turn < MAX_FAILURES; turn++) {
      await fail((await begin(schedule)).exportId);
      await settle();
      active.push((await readSchedule(schedule)).isActive);
    }

    expect(active).toEqual([true, true, true, true, false]);
  });

  describe('of a run whose process ended before it requested the export', () => {
    it('comes from the export with the id of the run', async () => {
      const { make, begin, settle, read, queue } = setup();
      const schedule = await make();
      const { exportId } = await begin(schedule, false);

      await settle();
      await settle();

      expect(await read(exportId)).toMatchObject({ id: exportId, scheduleId: schedule.id, status: 'pending' });
      expect(queue.takeAll()).toEqual([exportId]);
    });

    it('is failure when the export is refused', async () => {
      const { make, begin, settle, readRun, exports } = setup();
      const schedule = await make();
      await begin(schedule, false);
      exports.creating = () => Promise.reject(DomainError.invalidRequest({ field: 'format', message: 'is unknown' }));

      await settle();

      expect(await readRun(schedule)).toMatchObject({
        outcome: 'failed',
        error: 'The request is not valid (format: is unknown)',
        errorCode: 'invalid-request',
      });
    });

    it('does not block other runs while it cannot be settled', async () => {
      const { make, begin, settle, readRun, complete, exports } = setup();
      const [broken, sound] = [await make(), await make()];
      await begin(broken, false);
      await complete((await begin(sound)).exportId);
      exports.creating = () => Promise.reject(new Error('The database is unavailable'));

      await settle();

      expect(await readRun(broken)).toMatchObject({ outcome: null });
      expect(await readRun(sound)).toMatchObject({ outcome: 'succeeded' });
    });
  });
});
