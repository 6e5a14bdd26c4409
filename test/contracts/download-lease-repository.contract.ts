import { createExport } from '../../src/export/model/domain/export-request';
import type { Export } from '../../src/export/model/domain/export';
import type {
  DownloadLease,
  DownloadLeaseRepository,
} from '../../src/export/model/domain/interfaces/download-lease.repository';
import { ANN, exportRequest, finishedFile, PARTNER } from '../support/export-requests';
import { sendLastByte } from '../support/final-byte';
import { type CreateRecords, DOWNLOAD_LEASE_SECONDS, type RecordsUnderTest } from '../support/records-under-test';

const LAST_BYTE_SECONDS = 60;

/** Every operation of a download. All of them are fenced by its token. */
const MOVES: readonly [string, (downloads: DownloadLeaseRepository, lease: DownloadLease) => Promise<unknown>][] = [
  ['renew its lease', (downloads, lease) => downloads.beat(lease)],
  [
    'send the last byte',
    (downloads, lease) => downloads.prepareCompletion(lease, LAST_BYTE_SECONDS).then((one) => close(one)),
  ],
  ['complete', (downloads, lease) => downloads.complete(lease)],
  ['release the file', (downloads, lease) => downloads.release(lease, 5)],
];

function close(marker: { close(): void } | null): boolean {
  marker?.close();
  return marker !== null;
}

/** The contract of every repository of download leases. */
export function describeDownloadLeaseRepository(name: string, create: CreateRecords): void {
  describe(name, () => {
    let records: RecordsUnderTest;

    beforeAll(async () => {
      records = await create();
    });
    beforeEach(() => records.clear());
    afterAll(() => records.end());

    async function completed(oneTime = true): Promise<string> {
      const { export: made } = await createExport(records.exports, exportRequest({ oneTime }));
      const attempt = await records.claim(made.id);
      await records.attempts.finish(attempt!, finishedFile(made.id));
      return made.id;
    }

    async function claim(id: string, by: DownloadLease['by'] = ANN): Promise<DownloadLease> {
      const lease = await records.downloads.claim(id, by);
      if (!lease) throw new Error('The file could not be claimed');
      return lease;
    }

    async function read(id: string): Promise<Export> {
      return (await records.exports.find(id))!;
    }

    describe('claim', () => {
      it('gives a one-time file to one of many concurrent claims', async () => {
        const id = await completed();

        const leases = await Promise.all(Array.from({ length: 10 }, () => records.downloads.claim(id, ANN)));

        expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
      });

      it('does not change what the owner sees', async () => {
        const id = await completed();
        const before = await read(id);

        await claim(id);

        expect(await read(id)).toEqual(before);
      });

      it('refuses a file that can be downloaded repeatedly', async () => {
        expect(await records.downloads.claim(await completed(false), ANN)).toBeNull();
      });

      it('refuses an unfinished export', async () => {
        const { export: made } = await createExport(records.exports, exportRequest({ oneTime: true }));

        expect(await records.downloads.claim(made.id, ANN)).toBeNull();
      });

      it('refuses an expired file', async () => {
        const id = await completed();
        await records.exports.expire(id, ANN);

        expect(await records.downloads.claim(id, ANN)).toBeNull();
      });

      it('refuses a file during the lease of another download', async () => {
        const id = await completed();
        await claim(id);
        await records.advance(DOWNLOAD_LEASE_SECONDS - 2);

        expect(await records.downloads.claim(id, null)).toBeNull();
      });

      it('takes over a file whose lease is over', async () => {
        const id = await completed();
        const former = await claim(id);
        await records.advance(DOWNLOAD_LEASE_SECONDS + 1);

        const next = await claim(id, PARTNER);

        expect(next.token).not.toBe(former.token);
        expect(await records.downloads.beat(next)).toBe(true);
      });

      it('refuses a file during the extended lease of its last byte', async () => {
        const id = await completed();
        close(await records.downloads.prepareCompletion(await claim(id), LAST_BYTE_SECONDS));
        await records.advance(LAST_BYTE_SECONDS - 2);

        expect(await records.downloads.claim(id, ANN)).toBeNull();
      });

      it('refuses a file whose last byte was sent, also after the lease', async () => {
        const id = await completed();
        await sendLastByte(records, await claim(id));
        await records.advance(DOWNLOAD_LEASE_SECONDS + 1);

        expect(await records.downloads.claim(id, ANN)).toBeNull();
        expect((await read(id)).isDownloadCompleting).toBe(true);
      });
    });

    describe('the fencing token', () => {
      it.each(MOVES)('lets the download that has the token %s', async (_, move) => {
        const lease = await claim(await completed());

        expect(await move(records.downloads, lease)).toBe(true);
      });

      it.each(MOVES)('does not let a download whose lease was taken over %s', async (_, move) => {
        const id = await completed();
        const former = await claim(id);
        await records.advance(DOWNLOAD_LEASE_SECONDS + 1);
        const holder = await claim(id);
        const before = await read(id);

        expect(await move(records.downloads, former)).toBe(false);
        expect(await read(id)).toEqual(before);
        expect(await records.downloads.beat(holder)).toBe(true);
      });

      it.each(MOVES)('does not affect other files: %s', async (_, move) => {
        const lease = await claim(await completed());
        const other = await claim(await completed());
        const before = await read(other.exportId);

        await move(records.downloads, lease);

        expect(await read(other.exportId)).toEqual(before);
        expect(await records.downloads.beat(other)).toBe(true);
      });

      it.each(MOVES.slice(0, 2))('does not let a download whose file has expired %s', async (_, move) => {
        const id = await completed();
        const lease = await claim(id);
        await records.exports.expire(id, ANN);

        expect(await move(records.downloads, lease)).toBe(false);
      });

      it('completes a download once', async () => {
        const id = await completed();
        const lease = await claim(id);

        const all = await Promise.all([records.downloads.complete(lease), records.downloads.complete(lease)]);

        expect(all.sort()).toEqual([false, true]);
        expect((await read(id)).downloadCount).toBe(1);
      });
    });

    describe('heartbeat', () => {
      it('renews the lease', async () => {
        const id = await completed();
        const lease = await claim(id);
        await records.advance(DOWNLOAD_LEASE_SECONDS - 2);

        await records.downloads.beat(lease);

        await records.advance(DOWNLOAD_LEASE_SECONDS - 2);
        expect(await records.downloads.claim(id, ANN)).toBeNull();
      });

      it('does not shorten the extended lease of the last byte', async () => {
        const id = await completed();
        const lease = await claim(id);
        close(await records.downloads.prepareCompletion(lease, LAST_BYTE_SECONDS));

        await records.downloads.beat(lease);

        await records.advance(LAST_BYTE_SECONDS - 2);
        expect(await records.downloads.claim(id, ANN)).toBeNull();
      });
    });

    describe('the last byte', () => {
      it('is visible in the record from its preparation on', async () => {
        const id = await completed();
        const lease = await claim(id);
        const before = await read(id);

        close(await records.downloads.prepareCompletion(lease, LAST_BYTE_SECONDS));

        expect([before.isDownloadCompleting, (await read(id)).isDownloadCompleting]).toEqual([false, true]);
      });

      it('leaves the file to the next download when it was not sent', async () => {
        const id = await completed();
        close(await records.downloads.prepareCompletion(await claim(id), LAST_BYTE_SECONDS));
        await records.advance(LAST_BYTE_SECONDS + 1);

        expect((await read(id)).isDownloadCompleting).toBe(false);
        expect(await records.downloads.claim(id, ANN)).not.toBeNull();
      });

      it('leaves the file to the next download when the client did not confirm it', async () => {
        const id = await completed();
        const lease = await claim(id);
        await sendLastByte(records, lease);

        await records.downloads.release(lease, 10);

        expect((await read(id)).isDownloadCompleting).toBe(false);
        expect(await records.downloads.claim(id, ANN)).not.toBeNull();
      });
    });

    describe('complete', () => {
      it.each([
        ['a person', ANN, 'user:ann', 'token', { userId: 'ann', customerId: null }],
        [
          'an external system',
          PARTNER,
          `customer:${PARTNER.customerId}`,
          'customer',
          { customerId: PARTNER.customerId },
        ],
        ['the bearer of a link', null, 'link', 'link', { userId: null, customerId: null }],
      ])('ends the export, and says that %s has the file', async (_, by, name, way, who) => {
        const id = await completed();

        await records.downloads.complete(await claim(id, by));

        expect(await read(id)).toMatchObject({
          status: 'expired',
          object: null,
          downloadCount: 1,
          downloadedBy: name,
          isDownloadCompleting: false,
          downloadedAt: expect.any(Date),
          expiresAt: expect.any(Date),
        });
        expect((await records.auditOf(id)).at(-1)).toMatchObject({
          action: 'export.downloaded',
          details: { by: way, one_time: true },
          ...who,
        });
        expect(await records.downloads.claim(id, ANN)).toBeNull();
      });

      it('counts although the file has expired meanwhile', async () => {
        const id = await completed();
        const lease = await claim(id);
        await records.exports.expire(id, ANN);

        expect(await records.downloads.complete(lease)).toBe(true);
        expect(await read(id)).toMatchObject({ status: 'expired', downloadCount: 1, downloadedBy: 'user:ann' });
      });
    });

    describe('finalizing interrupted downloads', () => {
      it('counts a download whose last byte was sent before its process ended', async () => {
        const id = await completed();
        await sendLastByte(records, await claim(id, PARTNER));
        const early = await records.downloads.finalizeInterrupted();
        await records.advance(DOWNLOAD_LEASE_SECONDS + 1);

        expect([early, await records.downloads.finalizeInterrupted()]).toEqual([0, 1]);
        expect(await read(id)).toMatchObject({
          status: 'expired',
          downloadCount: 1,
          downloadedBy: `customer:${PARTNER.customerId}`,
          isDownloadCompleting: false,
          downloadedAt: expect.any(Date),
        });
        expect((await records.auditOf(id)).at(-1)).toMatchObject({
          action: 'export.downloaded',
          customerId: PARTNER.customerId,
          userId: null,
          details: { by: 'customer', one_time: true, receipt: false },
        });
        expect(await records.downloads.finalizeInterrupted()).toBe(0);
      });

      it('counts it although its file has expired meanwhile', async () => {
        const id = await completed();
        await sendLastByte(records, await claim(id, PARTNER));
        await records.exports.expire(id, ANN);
        await records.advance(DOWNLOAD_LEASE_SECONDS + 1);

        expect(await records.downloads.finalizeInterrupted()).toBe(1);
        expect(await read(id)).toMatchObject({ downloadCount: 1 });
      });

      it('skips a file whose last byte was only prepared', async () => {
        const id = await completed();
        close(await records.downloads.prepareCompletion(await claim(id), LAST_BYTE_SECONDS));
        await records.advance(LAST_BYTE_SECONDS + 1);

        expect(await records.downloads.finalizeInterrupted()).toBe(0);
        expect(await read(id)).toMatchObject({ status: 'completed', downloadCount: 0 });
      });
    });

    it('releases a file, and records how many bytes were sent', async () => {
      const id = await completed();

      await records.downloads.release(await claim(id), 5);

      expect(await read(id)).toMatchObject({ status: 'completed', downloadCount: 0, downloadedBy: null });
      expect((await records.auditOf(id)).at(-1)).toMatchObject({
        action: 'export.download-broken-off',
        userId: 'ann',
        details: { by: 'token', bytes: 5 },
      });
      expect(await records.downloads.claim(id, ANN)).not.toBeNull();
    });
  });
}
