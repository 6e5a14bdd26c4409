import { createExport } from '../../src/export/model/domain/export-request';
import type { RequestExport } from '../../src/export/model/domain/interfaces/export.repository';
import { ANN, delivering, exportRequest, finishedFile } from '../support/export-requests';
import type { CreateRecords, RecordsUnderTest } from '../support/records-under-test';
import { describeFileReferences } from './maintenance-repository-files.contract';
import { describeReclaiming } from './maintenance-repository-reclaim.contract';

const REMINDER_SECONDS = 30;
const DAY_SECONDS = 86_400;

/** What every repository that a sweep asks has to keep. */
export function describeMaintenanceRepository(name: string, create: CreateRecords): void {
  describe(name, () => {
    let records: RecordsUnderTest;

    beforeAll(async () => {
      records = await create();
    });
    beforeEach(() => records.clear());
    afterAll(() => records.end());

    async function request(traits: Partial<RequestExport> = {}): Promise<string> {
      return (await createExport(records.exports, exportRequest(traits))).export.id;
    }

    async function complete(traits: Partial<RequestExport> = {}): Promise<string> {
      const id = await request(traits);
      const attempt = await records.claim(id);
      await records.attempts.finish(attempt!, finishedFile(id));
      return id;
    }

    describeReclaiming(() => records, request);

    describe('backlog', () => {
      it('is empty when there are no unfinished exports', async () => {
        await complete();

        expect(await records.maintenance.backlog()).toEqual({ pending: 0, processing: 0, oldestWaitingSeconds: 0 });
      });

      it('counts pending and running exports with the age of the oldest', async () => {
        await records.claim(await request());
        await request();
        await records.advance(60);
        await request();

        const { oldestWaitingSeconds, ...counts } = await records.maintenance.backlog();

        expect(counts).toEqual({ pending: 2, processing: 1 });
        expect(oldestWaitingSeconds).toBeGreaterThanOrEqual(60);
        expect(oldestWaitingSeconds).toBeLessThan(90);
      });
    });

    describe('overdue exports', () => {
      it('are those that should have started by now, oldest first', async () => {
        const ids = [await request(), await request()];
        const early = await records.maintenance.claimOverdue();
        await records.advance(REMINDER_SECONDS + 1);
        await request();

        expect([early, await records.maintenance.claimOverdue()]).toEqual([[], ids]);
      });

      it('are claimed by one process, and by another after a while', async () => {
        const id = await request();
        await records.advance(REMINDER_SECONDS + 1);

        const takers = await Promise.all(Array.from({ length: 4 }, () => records.maintenance.claimOverdue()));
        await records.advance(REMINDER_SECONDS - 2);
        const soon = await records.maintenance.claimOverdue();
        await records.advance(3);

        expect([takers.flat(), soon, await records.maintenance.claimOverdue()]).toEqual([[id], [], [id]]);
      });

      it('include at once those that could not be enqueued', async () => {
        const [id] = [await request(), await request()];

        await records.exports.makeDue([id]);

        expect(await records.maintenance.claimOverdue()).toEqual([id]);
      });

      it('exclude running and ended exports', async () => {
        await records.claim(await request());
        await records.exports.cancel(await request(), ANN);
        await complete();
        await records.advance(REMINDER_SECONDS + 1);

        expect(await records.maintenance.claimOverdue()).toEqual([]);
      });
    });

    describe('notifications omitted by a process of an earlier version', () => {
      it('exclude exports whose messages exist', async () => {
        await complete(delivering('email', 'completed'));

        expect(await records.maintenance.enqueueMissingNotifications()).toBe(0);
      });

      it('exclude exports without a planned notification', async () => {
        await complete();
        await complete(delivering('email', 'failed'));
        await records.exports.cancel(await request(delivering('email', 'completed')), ANN);
        await request(delivering('email', 'completed'));

        expect(await records.maintenance.enqueueMissingNotifications()).toBe(0);
      });
    });

    it('deletes an idempotency key after a week', async () => {
      const requested = exportRequest({ idempotencyKey: 'k' });
      const repeat = async () => (await createExport(records.exports, requested)).isNew;
      await repeat();
      await records.advance(7 * DAY_SECONDS - 2);
      await records.maintenance.forgetIdempotencyKeys();
      const early = await repeat();
      await records.advance(3);
      await records.maintenance.forgetIdempotencyKeys();

      expect([early, await repeat()]).toEqual([false, true]);
    });

    describeFileReferences(() => records, complete);
  });
}
