import { createExport } from '../../src/export/model/domain/export-request';
import type { RequestExport } from '../../src/export/model/domain/interfaces/export.repository';
import type { Export } from '../../src/export/model/domain/export';
import { ANN, delivering, exportRequest, finishedFile, PARTNER } from '../support/export-requests';
import { sendLastByte } from '../support/final-byte';
import {
  type CreateRecords,
  DOWNLOAD_LEASE_SECONDS,
  type RecordsUnderTest,
  RETENTION_DAYS,
} from '../support/records-under-test';
import { describeFileReferences } from './maintenance-repository-files.contract';
import { describeReclaiming } from './maintenance-repository-reclaim.contract';

const REMINDER_SECONDS = 30;
const DAY_SECONDS = 86_400;
const STREAM_TOKEN = '00000000-0000-4000-8000-000000000001';

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

    async function read(id: string): Promise<Export> {
      return (await records.exports.find(id))!;
    }

    const lastStep = async (id: string) => (await records.auditOf(id)).at(-1);

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

        await records.maintenance.makeDue([id]);

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

    describe('expiring overdue files', () => {
      it('ends exports whose retention is over', async () => {
        const id = await complete();
        await records.advance(RETENTION_DAYS * DAY_SECONDS - 2);
        const early = await records.maintenance.expireOverdue();
        await records.advance(3);

        expect([early, await records.maintenance.expireOverdue()]).toEqual([0, 1]);
        expect(await read(id)).toMatchObject({ status: 'expired', object: null, fileName: 'Transactions.csv' });
        expect(await lastStep(id)).toMatchObject({ action: 'export.expired', userId: null, customerId: null });
        expect(await records.maintenance.expireOverdue()).toBe(0);
      });

      it('ends each as soon as requested', async () => {
        const id = await complete({ retentionSeconds: 60 });
        await complete();
        await records.advance(61);

        expect(await records.maintenance.expireOverdue()).toBe(1);
        expect(await read(id)).toMatchObject({ status: 'expired' });
      });

      it('waits for a download with a lease', async () => {
        const id = await complete({ oneTime: true, retentionSeconds: 60 });
        await records.advance(59);
        await records.downloads.claim(id, ANN);
        await records.advance(DOWNLOAD_LEASE_SECONDS - 2);

        const during = await records.maintenance.expireOverdue();
        await records.advance(3);

        expect([during, await records.maintenance.expireOverdue()]).toEqual([0, 1]);
      });

      it('leaves a file whose last byte was sent to be counted as a download', async () => {
        const id = await complete({ oneTime: true, retentionSeconds: 60 });
        await serveToTheLast(id);
        await records.advance(120);

        expect(await records.maintenance.expireOverdue()).toBe(0);
      });

      it('skips exports without an expiry', async () => {
        const { export: streamed } = await createExport(records.exports, exportRequest(), STREAM_TOKEN);
        const attempt = { token: STREAM_TOKEN, number: 1, export: streamed };
        await records.attempts.finish(attempt, finishedFile(streamed.id, { object: null }));
        await records.advance(2 * RETENTION_DAYS * DAY_SECONDS);

        expect(await records.maintenance.expireOverdue()).toBe(0);
      });
    });

    describe('finalizing interrupted downloads', () => {
      it('counts a download whose last byte was sent before its process ended', async () => {
        const id = await complete({ oneTime: true });
        await serveToTheLast(id);
        const early = await records.maintenance.finalizeInterruptedDownloads();
        await records.advance(DOWNLOAD_LEASE_SECONDS + 1);

        expect([early, await records.maintenance.finalizeInterruptedDownloads()]).toEqual([0, 1]);
        expect(await read(id)).toMatchObject({
          status: 'expired',
          downloadCount: 1,
          downloadedBy: `customer:${PARTNER.customerId}`,
          isDownloadCompleting: false,
          downloadedAt: expect.any(Date),
        });
        expect(await lastStep(id)).toMatchObject({
          action: 'export.downloaded',
          customerId: PARTNER.customerId,
          userId: null,
          details: { by: 'customer', one_time: true, receipt: false },
        });
        expect(await records.maintenance.finalizeInterruptedDownloads()).toBe(0);
      });

      it('counts it although its file has expired meanwhile', async () => {
        const id = await complete({ oneTime: true });
        await serveToTheLast(id);
        await records.exports.expire(id, ANN);
        await records.advance(DOWNLOAD_LEASE_SECONDS + 1);

        expect(await records.maintenance.finalizeInterruptedDownloads()).toBe(1);
        expect(await read(id)).toMatchObject({ downloadCount: 1 });
      });

      it('skips a file whose last byte was only prepared', async () => {
        const id = await complete({ oneTime: true });
        const lease = await records.downloads.claim(id, ANN);
        (await records.downloads.prepareCompletion(lease!, 30))!.close();
        await records.advance(31);

        expect(await records.maintenance.finalizeInterruptedDownloads()).toBe(0);
        expect(await read(id)).toMatchObject({ status: 'completed', downloadCount: 0 });
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

    async function serveToTheLast(id: string): Promise<void> {
      const lease = await records.downloads.claim(id, PARTNER);
      await sendLastByte(records, lease!);
    }
  });
}
