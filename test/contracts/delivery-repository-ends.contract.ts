import { MAX_ATTEMPTS } from '../../src/delivery/model/domain/attempt-limits';
import type { DeliveryRecord } from '../../src/delivery/model/domain/delivery-state';
import type { DeliveryAttempt } from '../../src/delivery/model/domain/interfaces/delivery.repository';
import { LEASE_SECONDS, type RecordsUnderTest } from '../support/records-under-test';

interface Bench {
  readonly records: () => RecordsUnderTest;
  /** Posts one message: of an export that has just been completed. @returns the export's id */
  readonly post: (channel?: string) => Promise<string>;
  readonly claim: (channel?: string) => Promise<DeliveryAttempt>;
}

/** What comes of deliveries. */
export function describeDeliveryEnds({ records, post, claim }: Bench): void {
  const read = async (exportId: string): Promise<DeliveryRecord> => (await records().deliveries.findAll(exportId))[0]!;
  /** What was done beyond requesting, starting and completing the export. */
  const audited = async (exportId: string) => (await records().auditOf(exportId)).slice(3);

  describe('settle', () => {
    it('stores the receipt of a delivery', async () => {
      const exportId = await post();
      await records().deliveries.scheduleRetry(await claim(), 0, '500');

      await records().deliveries.markDelivered(await claim(), { status: 200 });

      expect(await read(exportId)).toMatchObject({
        status: 'delivered',
        attempts: 2,
        lastError: null,
        receipt: { status: 200 },
        gone: false,
        endedAt: expect.any(Date),
        nextAttemptAt: null,
      });
      const details = { channel: 'email', event: 'export.completed', attempts: 2 };
      expect(await audited(exportId)).toMatchObject([{ action: 'delivery.delivered', userId: 'ann', details }]);
    });

    it('stores the reason of a failure', async () => {
      const exportId = await post();

      await records().deliveries.markFailed(await claim(), 'It does not exist', 'refused');

      expect(await read(exportId)).toMatchObject({
        status: 'failed',
        attempts: 1,
        lastError: 'It does not exist',
        gone: false,
        nextAttemptAt: null,
      });
      const details = { channel: 'email', event: 'export.completed', attempts: 1, reason: 'It does not exist' };
      expect(await audited(exportId)).toMatchObject([{ action: 'delivery.failed', details }]);
    });

    it('records that a receiver is permanently gone', async () => {
      const exportId = await post('webhook');

      await records().deliveries.markFailed(await claim('webhook'), '410', 'gone');

      expect(await records().deliveries.statesOf([exportId])).toMatchObject(
        new Map([[exportId, [{ channel: 'webhook', gone: true }]]]),
      );
    });

    it('stores the reason of a retry and leaves the delivery open', async () => {
      const exportId = await post();

      await records().deliveries.scheduleRetry(await claim(), 30, '500');

      const { nextAttemptAt, ...record } = await read(exportId);
      expect(record).toMatchObject({ status: 'pending', attempts: 1, lastError: '500', endedAt: null });
      expect(Math.abs(nextAttemptAt!.getTime() - records().now().getTime() - 30_000)).toBeLessThan(5_000);
      expect(await audited(exportId)).toEqual([]);
    });

    it('hands back a delivery without counting the attempt', async () => {
      const exportId = await post();

      await records().deliveries.handBack(await claim());

      expect(await read(exportId)).toMatchObject({ status: 'pending', attempts: 0, lastError: null });
      expect((await claim()).message.attempt).toBe(1);
    });
  });

  describe('deliveries that crash their process at every attempt', () => {
    /** Lets that many attempts be lost with their processes. */
    async function lose(count: number): Promise<void> {
      for (let turn = 0; turn < count; turn++) {
        await claim();
        await records().advance(LEASE_SECONDS + 1);
      }
    }

    it(`fail after ${MAX_ATTEMPTS} attempts`, async () => {
      const exportId = await post();
      await lose(MAX_ATTEMPTS);

      expect(await records().deliveries.claimDue({ email: 1 })).toEqual([]);
      expect(await records().deliveries.failAbandoned()).toMatchObject([{ exportId, attempt: MAX_ATTEMPTS }]);
      expect(await read(exportId)).toMatchObject({
        status: 'failed',
        lastError: expect.stringMatching(/every attempt/),
      });
      expect(await audited(exportId)).toMatchObject([{ action: 'delivery.failed' }]);
      expect(await records().deliveries.failAbandoned()).toEqual([]);
    });

    it('do not fail earlier, nor during the lease of the last attempt', async () => {
      await post();
      await lose(MAX_ATTEMPTS - 1);
      const before = await records().deliveries.failAbandoned();
      await claim();

      expect([before, await records().deliveries.failAbandoned()]).toEqual([[], []]);
    });
  });
}
