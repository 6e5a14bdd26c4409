import { createExport } from '../../src/export/model/domain/export-request';
import type { DeliveryRecord } from '../../src/delivery/model/domain/delivery-state';
import type {
  DeliveryAttempt,
  DeliveryRepository,
} from '../../src/delivery/model/domain/interfaces/delivery.repository';
import type { Principal } from '../../src/platform/auth/principal';
import { ANN, ANN_IN_BLUE, BEN, delivering, exportRequest, finishedFile, PARTNER } from '../support/export-requests';
import { type CreateRecords, LEASE_SECONDS, type RecordsUnderTest } from '../support/records-under-test';
import { describeDeliveryEnds } from './delivery-repository-ends.contract';

/** Each way to end an attempt or to keep it: all of them are fenced by its token. */
const MOVES: readonly [string, (deliveries: DeliveryRepository, attempt: DeliveryAttempt) => Promise<boolean>][] = [
  ['heartbeat', (deliveries, attempt) => deliveries.beat(attempt)],
  ['settle', (deliveries, attempt) => deliveries.markDelivered(attempt, { status: 200 })],
  ['retry later', (deliveries, attempt) => deliveries.scheduleRetry(attempt, 5, '500')],
  ['give up', (deliveries, attempt) => deliveries.markFailed(attempt, '410', 'gone')],
  ['hand back', (deliveries, attempt) => deliveries.handBack(attempt)],
];

/** What every repository of deliveries has to keep. */
export function describeDeliveryRepository(name: string, create: CreateRecords): void {
  describe(name, () => {
    let records: RecordsUnderTest;

    beforeAll(async () => {
      records = await create();
    });
    beforeEach(() => records.clear());
    afterAll(() => records.end());

    /** Posts one message: of an export that has just been completed. @returns the export's id */
    async function post(channel: string = 'email', caller: Principal = ANN): Promise<string> {
      const requested = exportRequest({ caller, ...delivering(channel, 'completed') });
      const { export: made } = await createExport(records.exports, requested);
      const attempt = await records.claim(made.id);
      await records.attempts.finish(attempt!, finishedFile(made.id));
      return made.id;
    }

    async function claim(channel: string = 'email'): Promise<DeliveryAttempt> {
      const [attempt] = await records.deliveries.claimDue({ [channel]: 1 });
      if (!attempt) throw new Error('No delivery is due');
      return attempt;
    }

    async function read(exportId: string): Promise<DeliveryRecord> {
      const [record] = await records.deliveries.findAll(exportId);
      return record!;
    }

    const claimed = async (slots: Record<string, number>, limits: Record<string, number> = {}) =>
      (await records.deliveries.claimDue(slots, limits)).map(({ message }) => message.exportId);

    describe('claim', () => {
      it('returns a message with everything that a channel needs', async () => {
        const exportId = await post('webhook', PARTNER);

        const { message, requestId } = await claim('webhook');

        expect(message).toMatchObject({
          event: 'export.completed',
          exportId,
          channel: 'webhook',
          target: { to: 'webhook' },
          attempt: 1,
          userId: null,
          tenantId: null,
          customerId: PARTNER.customerId,
          scheduleId: null,
          facts: {},
        });
        expect(requestId).toBeNull();
      });

      it('gives a message to one of many concurrent dispatchers', async () => {
        const exportId = await post();

        const all = await Promise.all(Array.from({ length: 10 }, () => claimed({ email: 1 })));

        expect(all.flat()).toEqual([exportId]);
      });

      it('returns at most as many deliveries of a channel as it has free slots', async () => {
        for (const channel of ['email', 'email', 'email', 's3'] as const) await post(channel);

        expect(await claimed({ email: 2, webhook: 3 })).toHaveLength(2);
        expect(await claimed({ email: 0, s3: 0 })).toEqual([]);
        expect(await claimed({})).toEqual([]);
        expect(await claimed({ email: 5, s3: 5 })).toHaveLength(2);
      });

      it('returns nothing during the lease of another attempt', async () => {
        await post();
        await claim();
        await records.advance(LEASE_SECONDS - 2);

        expect(await claimed({ email: 1 })).toEqual([]);
      });

      it('takes over a message whose lease has expired', async () => {
        const exportId = await post();
        const former = await claim();
        await records.advance(LEASE_SECONDS + 1);

        const next = await claim();

        expect(next.message).toMatchObject({ id: former.message.id, exportId, attempt: 2 });
        expect(next.token).not.toBe(former.token);
      });

      it('returns a retried delivery after its delay only', async () => {
        await post();
        await records.deliveries.scheduleRetry(await claim(), 30, '500');
        await records.advance(28);
        const early = await claimed({ email: 1 });
        await records.advance(3);

        expect([early, await claimed({ email: 1 })]).toMatchObject([[], [expect.any(String)]]);
      });

      it('returns nothing that has ended', async () => {
        await post();
        await records.deliveries.markDelivered(await claim(), {});
        await post();
        await records.deliveries.markFailed(await claim(), 'no', null);
        await records.advance(LEASE_SECONDS + 1);

        expect(await claimed({ email: 9 })).toEqual([]);
      });

      it('returns the longest due first', async () => {
        const ids: string[] = [];
        for (let turn = 0; turn < 3; turn++) {
          ids.push(await post());
          await records.advance(5);
        }

        expect(await claimed({ email: 1 })).toEqual([ids[0]]);
        expect(await claimed({ email: 2 })).toEqual(ids.slice(1));
      });
    });

    describe('fairness', () => {
      it('serves an owner before the backlog of another', async () => {
        const many = [await post(), await post(), await post()];
        await records.advance(60);
        const others = [await post('email', ANN_IN_BLUE), await post('email', BEN), await post('email', PARTNER)];

        const first = await claimed({ email: 4 });

        expect(first.sort()).toEqual([many[0], ...others].sort());
      });

      it('prefers owners with fewer running deliveries', async () => {
        await post();
        await post();
        await claimed({ email: 2 });
        const more = await post();
        await records.advance(1);
        const other = await post('email', BEN);

        expect(await claimed({ email: 1 })).toEqual([other]);
        expect(await claimed({ email: 1 })).toEqual([more]);
      });

      it('claims no more deliveries of an owner than the limit of the channel', async () => {
        for (let turn = 0; turn < 3; turn += 1) await post('s3');
        const other = await post('s3', BEN);

        const copies = await claimed({ s3: 8 }, { s3: 2 });
        const more = await claimed({ s3: 8 }, { s3: 2 });

        expect(copies).toHaveLength(3);
        expect(copies).toContain(other);
        expect(more).toEqual([]);
      });

      it('counts each channel separately', async () => {
        await post('webhook');
        await claimed({ webhook: 1 });
        const first = await post();
        await records.advance(1);
        await post('email', BEN);

        expect(await claimed({ email: 1 })).toEqual([first]);
      });

      it('ignores deliveries whose lease has expired', async () => {
        await post();
        await claim();
        await records.advance(LEASE_SECONDS + 1);
        await post('email', BEN);

        expect((await claim()).message.userId).toBe('ann');
      });
    });

    describe('the fencing token', () => {
      it.each(MOVES)('lets its attempt %s', async (_, move) => {
        await post();

        expect(await move(records.deliveries, await claim())).toBe(true);
      });

      it.each(MOVES)('does not let an attempt whose message was taken over %s', async (_, move) => {
        const exportId = await post();
        const former = await claim();
        await records.advance(LEASE_SECONDS + 1);
        const holder = await claim();
        const before = await read(exportId);

        expect(await move(records.deliveries, former)).toBe(false);
        expect(await read(exportId)).toEqual(before);
        expect((await records.auditOf(exportId)).at(-1)).toMatchObject({ action: 'export.completed' });
        expect(await records.deliveries.beat(holder)).toBe(true);
      });

      it.each(MOVES)('does not let an attempt %s after its end', async (_, move) => {
        const exportId = await post();
        const attempt = await claim();
        await records.deliveries.markDelivered(attempt, {});
        const before = await read(exportId);

        expect(await move(records.deliveries, attempt)).toBe(false);
        expect(await read(exportId)).toEqual(before);
      });

      it.each(MOVES)('does not affect other messages: %s', async (_, move) => {
        await post();
        const attempt = await claim();
        const other = await post();
        const beside = await claim();
        const before = await read(other);

        await move(records.deliveries, attempt);

        expect(await read(other)).toEqual(before);
        expect(await records.deliveries.beat(beside)).toBe(true);
      });
    });

    it('renews the lease with a heartbeat', async () => {
      await post();
      const attempt = await claim();
      await records.advance(LEASE_SECONDS - 2);

      await records.deliveries.beat(attempt);

      await records.advance(LEASE_SECONDS - 2);
      expect(await claimed({ email: 1 })).toEqual([]);
    });

    describeDeliveryEnds({ records: () => records, post, claim });

    it('lists the deliveries of an export and of no other', async () => {
      const exportId = await post('s3');
      const other = await post();

      const states = await records.deliveries.statesOf([exportId, '00000000-0000-7000-8000-000000000000']);

      expect([...states.keys()]).toEqual([exportId]);
      expect(await records.deliveries.findAll(exportId)).toMatchObject([{ channel: 's3', target: { to: 's3' } }]);
      expect(await records.deliveries.findAll(other)).toHaveLength(1);
    });

    it('counts pending deliveries per channel with the age of the oldest', async () => {
      await post();
      await records.advance(60);
      await post('email', BEN);
      await post('s3');
      await post('webhook');
      await records.deliveries.markDelivered(await claim('webhook'), {});

      const { pending, oldestSeconds } = await records.deliveries.backlog();

      expect(new Map([...pending].sort())).toEqual(
        new Map([
          ...([
            ['email', 2],
            ['s3', 1],
          ] as const),
        ]),
      );
      expect(Math.round(oldestSeconds)).toBeGreaterThanOrEqual(60);
      expect(oldestSeconds).toBeLessThan(75);
    });
  });
}
