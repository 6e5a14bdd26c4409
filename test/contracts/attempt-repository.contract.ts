import { createExport } from '../../src/export/model/domain/export-request';
import { pauseAfter } from '../../src/production/model/domain/attempt-limits';
import type { ExportWarning } from '../../src/formats';
import type { Export, ExportFailure } from '../../src/export/model/domain/export';
import type { FinishedFile } from '../../src/production/model/domain/finished-file';
import type { Attempt, AttemptRepository } from '../../src/production/model/domain/interfaces/attempt.repository';
import { UNLIMITED } from '../support/claims';
import { ANN, delivering, exportRequest, finishedFile } from '../support/export-requests';
import {
  type CreateRecords,
  LEASE_SECONDS,
  type RecordsUnderTest,
  RETENTION_DAYS,
} from '../support/records-under-test';
import { describeClaims } from './attempt-repository-claims.contract';

const PROGRESS = { done: 1, total: 2, unit: 'rows' } as const;
const DAY_MS = 86_400_000;
const NO_ROWS: ExportFailure = { code: 'rows-not-written', reason: 'No rows' };
const NO_CONNECTION: ExportFailure = { code: 'file-not-produced', reason: 'No connection' };
const READ = { connections: 2, ranges: 9 };

const WARNINGS: readonly ExportWarning[] = [
  { code: 'image-missing', text: 'One image is missing' },
  { code: 'more-warnings', text: '2 more like these.' },
];

/** Each way to end an attempt or to keep it: all of them are fenced by its token. */
const MOVES: readonly [string, (attempts: AttemptRepository, attempt: Attempt) => Promise<boolean>][] = [
  ['heartbeat', (attempts, attempt) => attempts.beat(attempt, PROGRESS)],
  ['publish', (attempts, attempt) => attempts.finish(attempt, finishedFile(attempt.export.id))],
  ['fail', (attempts, attempt) => attempts.fail(attempt, NO_ROWS)],
  ['retry later', (attempts, attempt) => attempts.retryLater(attempt, 2, NO_CONNECTION)],
  ['hand back', (attempts, attempt) => attempts.handBack(attempt, true)],
];

/** What every repository of attempts has to keep. */
export function describeAttemptRepository(name: string, create: CreateRecords): void {
  describe(name, () => {
    let records: RecordsUnderTest;

    beforeAll(async () => {
      records = await create();
    });
    beforeEach(() => records.clear());
    afterAll(() => records.end());

    async function request(traits: Parameters<typeof exportRequest>[0] = {}): Promise<string> {
      return (await createExport(records.exports, exportRequest(traits))).export.id;
    }

    async function claim(id: string): Promise<Attempt> {
      const attempt = await records.claim(id);
      if (!attempt) throw new Error('The export could not be claimed');
      return attempt;
    }

    const claimNext = () => records.attempts.claimNext(UNLIMITED);

    async function read(id: string): Promise<Export> {
      const found = await records.exports.find(id);
      if (!found) throw new Error('The export is gone');
      return found;
    }

    const actions = async (id: string) => (await records.auditOf(id)).map(({ action }) => action);

    describeClaims(() => records);

    describe('the fencing token', () => {
      it.each(MOVES)('lets its worker %s', async (_, move) => {
        const attempt = await claim(await request());

        expect(await move(records.attempts, attempt)).toBe(true);
      });

      it.each(MOVES)('does not let a worker whose export was taken over %s', async (_, move) => {
        const id = await request(delivering('email', 'completed', 'failed'));
        const former = await claim(id);
        await records.advance(LEASE_SECONDS + 1);
        await claim(id);
        const before = [await read(id), await actions(id)];

        expect(await move(records.attempts, former)).toBe(false);
        expect([await read(id), await actions(id)]).toEqual(before);
        expect(await records.messagesOf(id)).toEqual([]);
      });

      it.each(MOVES)('does not let the worker of a cancelled export %s', async (_, move) => {
        const id = await request();
        const attempt = await claim(id);
        await records.exports.cancel(id, ANN);
        const before = [await read(id), await actions(id)];

        expect(await move(records.attempts, attempt)).toBe(false);
        expect([await read(id), await actions(id)]).toEqual(before);
      });

      it.each(MOVES)('does not let a worker %s after the end of its attempt', async (_, move) => {
        const id = await request();
        const attempt = await claim(id);
        await records.attempts.finish(attempt, finishedFile(id));

        expect(await move(records.attempts, attempt)).toBe(false);
        expect((await read(id)).status).toBe('completed');
      });

      it.each(MOVES)('does not affect other exports: %s', async (_, move) => {
        const attempt = await claim(await request());
        const other = await claim(await request());
        const before = await read(other.export.id);

        await move(records.attempts, attempt);

        expect(await read(other.export.id)).toEqual(before);
        expect(await records.attempts.beat(other, PROGRESS)).toBe(true);
      });
    });

    describe('heartbeat', () => {
      it('renews the lease', async () => {
        const id = await request();
        const attempt = await claim(id);
        await records.advance(LEASE_SECONDS - 2);

        await records.attempts.beat(attempt, PROGRESS);

        await records.advance(LEASE_SECONDS - 2);
        await records.maintenance.requeueStalled();
        expect((await read(id)).status).toBe('processing');
      });

      it('stores the progress', async () => {
        const attempt = await claim(await request());

        await records.attempts.beat(attempt, PROGRESS);

        const { progress, updatedAt } = await read(attempt.export.id);
        expect(progress).toEqual(PROGRESS);
        expect(updatedAt.getTime()).toBeGreaterThanOrEqual(attempt.export.updatedAt.getTime());
      });

      it('does not change the record without progress', async () => {
        const id = await request();
        const attempt = await claim(id);
        await records.attempts.beat(attempt, PROGRESS);
        await records.advance(3);
        const before = await read(id);

        await records.attempts.beat(attempt, PROGRESS);

        expect(await read(id)).toEqual(before);
      });
    });

    describe('publish', () => {
      it('completes the export with its file', async () => {
        const id = await request();
        const attempt = await claim(id);
        const file: FinishedFile = finishedFile(id, { warnings: WARNINGS, pageCount: 4, read: READ });

        await records.attempts.finish(attempt, file);

        expect(await read(id)).toMatchObject({
          status: 'completed',
          object: file.object,
          fileName: file.name,
          fileSize: 10,
          sha256: file.sha256,
          recordCount: 2,
          pageCount: 4,
          read: READ,
          warnings: WARNINGS,
          error: null,
          errorCode: null,
          progress: { done: 2, total: 2 },
          completedAt: expect.any(Date),
        });
        expect((await records.auditOf(id)).at(-1)).toMatchObject({
          action: 'export.completed',
          userId: 'ann',
          details: { bytes: 10, attempt: 1 },
        });
      });

      it.each([
        ['as long as is usual', null, RETENTION_DAYS * DAY_MS],
        ['as long as was asked for', 3_600, 3_600_000],
        ['no longer than is usual', 30 * 86_400, RETENTION_DAYS * DAY_MS],
      ])('keeps the file %s', async (_, retentionSeconds, keptMs) => {
        const id = await request({ retentionSeconds });

        await records.attempts.finish(await claim(id), finishedFile(id));

        const { expiresAt, completedAt } = await read(id);
        expect(Math.abs(expiresAt!.getTime() - completedAt!.getTime() - keptMs)).toBeLessThan(5);
      });

      it('adds the messages planned for a completion to the outbox, and no others', async () => {
        const both = [
          { channel: 'email', on: ['completed', 'failed'], target: { to: 'ann' } },
          { channel: 'webhook', on: ['failed'], target: { url: 'x' } },
        ] as const;
        const id = await request({ delivery: { deliveries: both, asked: null } });

        await records.attempts.finish(await claim(id), finishedFile(id));

        expect(await records.messagesOf(id)).toEqual([
          { event: 'export.completed', channel: 'email', target: { to: 'ann' } },
        ]);
      });
    });

    describe('fail and retry', () => {
      it('ends the export with its reason and adds the messages planned for a failure', async () => {
        const id = await request(delivering('webhook', 'failed'));

        await records.attempts.fail(await claim(id), NO_ROWS);

        expect(await read(id)).toMatchObject({
          status: 'failed',
          error: 'No rows',
          errorCode: NO_ROWS.code,
          object: null,
          expiresAt: null,
        });
        expect(await records.messagesOf(id)).toMatchObject([{ event: 'export.failed', channel: 'webhook' }]);
        expect((await records.auditOf(id)).at(-1)).toMatchObject({
          action: 'export.failed',
          details: { code: NO_ROWS.code, reason: 'No rows', attempt: 1 },
        });
      });

      it('delays the next attempt and its job', async () => {
        const id = await request(delivering('email', 'completed', 'failed'));

        await records.attempts.retryLater(await claim(id), pauseAfter(1), NO_CONNECTION);

        const early = await records.maintenance.claimOverdue();
        await records.advance(pauseAfter(1) + 1);
        expect([early, await records.maintenance.claimOverdue()]).toEqual([[], [id]]);
        expect(await read(id)).toMatchObject({ status: 'pending', error: null });
        expect(await records.messagesOf(id)).toEqual([]);
        expect((await claim(id)).number).toBe(2);
      });

      it('makes the export claimable only after its delay', async () => {
        const id = await request();
        await records.attempts.retryLater(await claim(id), pauseAfter(1), NO_CONNECTION);

        const early = [await records.attempts.findNext(UNLIMITED), await claimNext()];

        await records.advance(pauseAfter(1) + 1);
        expect(early).toEqual([null, null]);
        expect(await records.attempts.findNext(UNLIMITED)).toBe(id);
      });

      it('writes the reason of a retry to the audit log only', async () => {
        const id = await request();

        await records.attempts.retryLater(await claim(id), 2, NO_CONNECTION);

        expect((await records.auditOf(id)).at(-1)).toMatchObject({
          action: 'export.attempt-failed',
          details: { reason: 'No connection', attempt: 1 },
        });
      });
    });

    it('hands back an export at once without counting the attempt', async () => {
      const id = await request();

      await records.attempts.handBack(await claim(id), false);

      expect(await records.maintenance.claimOverdue()).toEqual([id]);
      expect((await claim(id)).number).toBe(1);
      expect((await actions(id)).slice(-2)).toEqual(['export.handed-back', 'export.started']);
    });
  });
}
