import { createExport } from '../../src/export/model/domain/export-request';
import { MAX_ATTEMPTS, MAX_LOST_DRAWINGS } from '../../src/production/model/domain/attempt-limits';
import type { RequestExport } from '../../src/export/model/domain/interfaces/export.repository';
import { delivering, exportRequest } from '../support/export-requests';
import { LEASE_SECONDS, type RecordsUnderTest } from '../support/records-under-test';

const STREAM_TOKEN = '00000000-0000-4000-8000-000000000001';

/** What becomes of exports whose workers are heard of no more. */
export function describeReclaiming(
  recordsOf: () => RecordsUnderTest,
  request: (traits?: Partial<RequestExport>) => Promise<string>,
): void {
  describe('requeueing exports without heartbeat', () => {
    const read = async (id: string) => (await recordsOf().exports.find(id))!;
    const lastStep = async (id: string) => (await recordsOf().auditOf(id)).at(-1);

    it('makes the export pending again with a new job', async () => {
      const id = await request(delivering('email', 'failed'));
      const attempt = await recordsOf().claim(id);
      await recordsOf().advance(LEASE_SECONDS + 1);

      const reclaimed = await recordsOf().maintenance.requeueStalled();

      expect(reclaimed).toMatchObject([{ id, status: 'pending' }]);
      expect(await recordsOf().maintenance.claimOverdue()).toEqual([id]);
      expect(await recordsOf().attempts.beat(attempt!, attempt!.export.progress)).toBe(false);
      expect(await lastStep(id)).toMatchObject({ action: 'export.attempt-lost' });
      expect(await recordsOf().messagesOf(id)).toEqual([]);
    });

    it('keeps an attempt within its lease', async () => {
      const id = await request();
      await recordsOf().claim(id);
      await recordsOf().advance(LEASE_SECONDS - 2);

      expect(await recordsOf().maintenance.requeueStalled()).toEqual([]);
      expect(await read(id)).toMatchObject({ status: 'processing' });
    });

    it('keeps an attempt with a recent heartbeat', async () => {
      const id = await request();
      const attempt = await recordsOf().claim(id);
      await recordsOf().advance(LEASE_SECONDS - 2);
      await recordsOf().attempts.beat(attempt!, attempt!.export.progress);
      await recordsOf().advance(LEASE_SECONDS - 2);

      expect(await recordsOf().maintenance.requeueStalled()).toEqual([]);
    });

    it('retries an export after its second lost attempt', async () => {
      const id = await request();
      await loseAttempts(id, MAX_ATTEMPTS - 1);

      expect(await read(id)).toMatchObject({ status: 'pending' });
      expect(await recordsOf().claim(id)).toMatchObject({ number: MAX_ATTEMPTS });
    });

    it('fails an export after its third lost attempt and adds its messages', async () => {
      const id = await request(delivering('email', 'failed'));

      await loseAttempts(id, MAX_ATTEMPTS);

      const { status, error, errorCode: code } = await read(id);
      expect([status, error]).toEqual(['failed', expect.stringContaining(`started ${MAX_ATTEMPTS} times`)]);
      expect(code).toBe('attempts-exhausted');
      expect(await lastStep(id)).toMatchObject({ action: 'export.failed', details: { code, reason: error } });
      expect(await recordsOf().messagesOf(id)).toMatchObject([{ event: 'export.failed' }]);
      expect(await recordsOf().claim(id)).toBeNull();
    });

    it.each([
      ['png', 'failed'],
      ['pdf', 'failed'],
      ['json', 'pending'],
    ] as const)('makes a board’s %s export after its second lost attempt %s', async (format, status) => {
      const id = await request({ kind: 'board', format, ...delivering('email', 'failed') });

      await loseAttempts(id, MAX_LOST_DRAWINGS);

      expect(await read(id)).toMatchObject({ status });
      expect(await recordsOf().messagesOf(id)).toHaveLength(status === 'failed' ? 1 : 0);
    });

    it('explains to the owner of a drawing why it is not retried, and starts no further attempt', async () => {
      const id = await request({ kind: 'board', format: 'png' });

      await loseAttempts(id, MAX_LOST_DRAWINGS);

      const { error, errorCode: code } = await read(id);
      expect([error, code]).toEqual([
        expect.stringContaining('stopped twice while it drew this board'),
        'drawing-interrupted',
      ]);
      expect(await lastStep(id)).toMatchObject({ action: 'export.failed', details: { code, reason: error } });
      expect(await recordsOf().claim(id)).toBeNull();
    });

    it('counts lost attempts of a drawing only, not failed or handed-back ones', async () => {
      const id = await request({ kind: 'board', format: 'png' });
      await recordsOf().attempts.handBack((await recordsOf().claim(id))!, false);
      await recordsOf().attempts.retryLater((await recordsOf().claim(id))!, 0, {
        code: 'file-not-produced',
        reason: 'No connection',
      });
      await recordsOf().advance(1);

      await loseAttempts(id, 1);

      expect(await read(id)).toMatchObject({ status: 'pending' });
    });

    it('fails a streamed export whose process was lost and adds its messages', async () => {
      const requested = exportRequest(delivering('email', 'failed'));
      const { export: streamed } = await createExport(recordsOf().exports, requested, STREAM_TOKEN);
      await recordsOf().advance(LEASE_SECONDS + 1);

      expect(await recordsOf().maintenance.requeueStalled()).toMatchObject([{ id: streamed.id, status: 'failed' }]);
      expect(await read(streamed.id)).toMatchObject({
        error: expect.stringContaining('while the rows went out'),
        errorCode: 'service-stopped',
      });
      expect(await recordsOf().messagesOf(streamed.id)).toHaveLength(1);
    });

    it('requeues each export once for concurrent sweeps', async () => {
      const id = await request();
      await recordsOf().claim(id);
      await recordsOf().advance(LEASE_SECONDS + 1);

      const sweeps = await Promise.all(Array.from({ length: 4 }, () => recordsOf().maintenance.requeueStalled()));

      expect(sweeps.flat().map((one) => one.id)).toEqual([id]);
    });

    async function loseAttempts(id: string, count: number): Promise<void> {
      for (let turn = 0; turn < count; turn++) {
        await recordsOf().claim(id);
        await recordsOf().advance(LEASE_SECONDS + 1);
        await recordsOf().maintenance.requeueStalled();
      }
    }
  });
}
