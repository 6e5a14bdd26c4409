import { createExportBench, type ExportBench } from '../../../../test/support/export-bench';
import { ANN, ANN_IN_BLUE, exportInput, finishedFile } from '../../../../test/support/export-requests';
import type { ExportInput } from '../domain/export-request';
import { objectPrefix } from '../domain/export';

const DAY_SECONDS = 86_400;
const UNKNOWN = '00000000-0000-7000-8000-000000000000';

function setup() {
  const bench = createExportBench();
  const sut = bench.service;
  const request = (traits: Partial<ExportInput> = {}) => sut.request(exportInput(traits));

  const complete = async () => {
    const id = await bench.request();
    await bench.attempts.finish((await bench.claim(id))!, finishedFile(id));
    return id;
  };
  return { ...bench, bench, sut, request, complete };
}

describe('ExportService', () => {
  describe('request', () => {
    it('records an export and notifies the workers', async () => {
      const { request, queue } = setup();

      const creation = await request({ delivery: { deliveries: [], asked: {}, webhookSecret: 's' } });

      expect(creation).toMatchObject({ isNew: true, export: { status: 'pending' }, webhookSecret: 's' });
      expect(queue.takeAll()).toEqual([creation.export.id]);
    });

    it('records an export while the queue is down', async () => {
      const { bench, request, queue, maintenance } = setup();
      queue.fail();

      const { export: requested } = await request();

      expect(await bench.read(requested.id)).toMatchObject({ status: 'pending' });
      expect(await maintenance.claimOverdue()).toEqual([requested.id]);
    });

    it('returns the first export for a repeated request and enqueues nothing', async () => {
      const { request, queue } = setup();
      const delivery = { deliveries: [], asked: {}, webhookSecret: 's' };
      const first = await request({ idempotencyKey: 'k', delivery });
      queue.takeAll();

      const repeat = await request({ idempotencyKey: 'k', delivery });

      expect(repeat).toMatchObject({ isNew: false, export: { id: first.export.id } });
      expect(repeat.webhookSecret).toBeUndefined();
      expect(queue.takeAll()).toEqual([]);
    });

    it('rejects another request with the same idempotency key', async () => {
      const { request } = setup();
      await request({ idempotencyKey: 'k' });

      await expect(request({ idempotencyKey: 'k', format: 'xlsx' })).rejects.toMatchObject({ kind: 'mismatch' });
    });

    it('accepts retention up to the maximum and rejects a longer one', async () => {
      const { request } = setup();

      await expect(request({ retentionSeconds: 7 * DAY_SECONDS })).resolves.toMatchObject({ isNew: true });
      await expect(request({ retentionSeconds: 7 * DAY_SECONDS + 1 })).rejects.toMatchObject({
        kind: 'invalid',
        details: { fields: [{ field: 'retention_days' }] },
      });
    });

    it('accepts schedules with a retention that was allowed when they were saved', async () => {
      const { request } = setup();

      const run = request({ scheduleId: UNKNOWN, retentionSeconds: 8 * DAY_SECONDS });

      await expect(run).resolves.toMatchObject({ isNew: true });
    });
  });

  describe('remove', () => {
    it('cancels an unfinished export and deletes what its worker has stored', async () => {
      const { bench, sut, records, shown } = setup();
      const id = await bench.request();
      await bench.claim(id);

      expect(await sut.remove(id, ANN)).toMatchObject({ id, status: 'cancelled' });

      expect(records.fileRemovals).toEqual([objectPrefix(id)]);
      expect(await shown.value('exports_total', { outcome: 'cancelled' })).toBe(1);
    });

    it('expires a completed export and deletes its file', async () => {
      const { bench, sut, complete } = setup();
      const id = await complete();

      expect(await sut.remove(id, ANN)).toMatchObject({ id, status: 'expired', object: null });
      expect(await bench.retention.findDeletable(null)).toHaveLength(1);
    });

    it('does not change an export that ended otherwise', async () => {
      const { bench, sut } = setup();
      const id = await bench.request();
      await bench.attempts.fail((await bench.claim(id))!, { code: 'rows-not-written', reason: 'No rows' });
      const before = await bench.read(id);

      expect(await sut.remove(id, ANN)).toEqual(before);
    });

    it.each([
      ['somebody else’s', async (bench: ExportBench) => bench.request({ caller: ANN_IN_BLUE })],
      ['one that is not there', () => UNKNOWN],
      ['what is no id', () => 'no-id'],
    ])('does not find %s', async (_, idOf) => {
      const { bench, sut, exports } = setup();
      const id = await idOf(bench);

      await expect(sut.remove(id, ANN)).rejects.toMatchObject({ kind: 'not-found' });
      await expect(sut.get(id, ANN)).rejects.toMatchObject({ kind: 'not-found' });
      expect((await exports.find(id))?.status).not.toBe('cancelled');
    });
  });
});
