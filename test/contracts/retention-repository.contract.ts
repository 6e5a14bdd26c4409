import { objectPrefix, type Export } from '../../src/export/model/domain/export';
import { createExport } from '../../src/export/model/domain/export-request';
import type { RequestExport } from '../../src/export/model/domain/interfaces/export.repository';
import { ANN, exportRequest, finishedFile, PARTNER } from '../support/export-requests';
import { sendLastByte } from '../support/final-byte';
import {
  type CreateRecords,
  DOWNLOAD_LEASE_SECONDS,
  type RecordsUnderTest,
  RETENTION_DAYS,
} from '../support/records-under-test';

const DAY_SECONDS = 86_400;
const STREAM_TOKEN = '00000000-0000-4000-8000-000000000001';

/** What every repository of the retention of files has to keep. */
export function describeRetentionRepository(name: string, create: CreateRecords): void {
  describe(name, () => {
    let records: RecordsUnderTest;

    beforeAll(async () => {
      records = await create();
    });
    beforeEach(() => records.clear());
    afterAll(() => records.end());

    async function complete(traits: Partial<RequestExport> = {}): Promise<string> {
      const { id } = (await createExport(records.exports, exportRequest(traits))).export;
      const attempt = await records.claim(id);
      await records.attempts.finish(attempt!, finishedFile(id));
      return id;
    }

    async function read(id: string): Promise<Export> {
      return (await records.exports.find(id))!;
    }

    const lastStep = async (id: string) => (await records.auditOf(id)).at(-1);

    describe('expiring overdue files', () => {
      it('ends exports whose retention is over', async () => {
        const id = await complete();
        await records.advance(RETENTION_DAYS * DAY_SECONDS - 2);
        const early = await records.retention.expireOverdue();
        await records.advance(3);

        expect([early, await records.retention.expireOverdue()]).toEqual([0, 1]);
        expect(await read(id)).toMatchObject({ status: 'expired', object: null, fileName: 'Transactions.csv' });
        expect(await lastStep(id)).toMatchObject({ action: 'export.expired', userId: null, customerId: null });
        expect(await records.retention.expireOverdue()).toBe(0);
      });

      it('ends each as soon as requested', async () => {
        const id = await complete({ retentionSeconds: 60 });
        await complete();
        await records.advance(61);

        expect(await records.retention.expireOverdue()).toBe(1);
        expect(await read(id)).toMatchObject({ status: 'expired' });
      });

      it('waits for a download with a lease', async () => {
        const id = await complete({ oneTime: true, retentionSeconds: 60 });
        await records.advance(59);
        await records.downloads.claim(id, ANN);
        await records.advance(DOWNLOAD_LEASE_SECONDS - 2);

        const during = await records.retention.expireOverdue();
        await records.advance(3);

        expect([during, await records.retention.expireOverdue()]).toEqual([0, 1]);
      });

      it('leaves a file whose last byte was sent to be counted as a download', async () => {
        const id = await complete({ oneTime: true, retentionSeconds: 60 });
        await sendLastByte(records, (await records.downloads.claim(id, PARTNER))!);
        await records.advance(120);

        expect(await records.retention.expireOverdue()).toBe(0);
      });

      it('skips exports without an expiry', async () => {
        const { export: streamed } = await createExport(records.exports, exportRequest(), STREAM_TOKEN);
        const attempt = { token: STREAM_TOKEN, number: 1, export: streamed };
        await records.attempts.finish(attempt, finishedFile(streamed.id, { object: null }));
        await records.advance(2 * RETENTION_DAYS * DAY_SECONDS);

        expect(await records.retention.expireOverdue()).toBe(0);
      });
    });

    describe('objects to delete', () => {
      const expired = async () => {
        const id = await complete();
        await records.exports.expire(id, ANN);
        return { exportId: id, key: `${objectPrefix(id)}file.csv`, isDivided: false };
      };

      it('are those of expired exports, in order of their expiry', async () => {
        const objects = [await expired(), await expired()];
        await complete();

        expect(await records.retention.findDeletable(null)).toEqual(objects);
        expect(await records.retention.findDeletable(objects[0]!.exportId)).toEqual([objects[1]]);
      });

      it('exclude those that are known to be deleted', async () => {
        const [gone, left] = [await expired(), await expired()];

        const forgotten = await records.retention.clearStorageKeys(gone);

        expect(forgotten).toBe(1);
        expect(await records.retention.clearStorageKeys(gone)).toBe(0);
        expect(await records.retention.findDeletable(null)).toEqual([left]);
      });

      it('are cleared under their own keys only', async () => {
        const object = await expired();

        expect(await records.retention.clearStorageKeys({ ...object, key: `${object.key}.other` })).toBe(0);
        expect(await records.retention.clearStorageKeys()).toBe(0);
        expect(await records.retention.findDeletable(null)).toEqual([object]);
      });
    });
  });
}
