import { createHash } from 'node:crypto';
import { type BenchTraits, createExportBench, TEXT } from '../../../../test/support/export-bench';
import { ANN } from '../../../../test/support/export-requests';
import { toBody, untilAborted } from '../../../../test/support/texts';
import { DomainError } from '../../../platform/errors/domain-error';
import { MAX_ATTEMPTS } from '../domain/attempt-limits';
import { objectPrefix } from '../../../export/sources';

const LEASE_SECONDS = 10;
/** After the second attempt. */
const MAX_PAUSE_SECONDS = 8;

function setup(traits: BenchTraits = {}) {
  const bench = createExportBench(traits);
  const ending = new AbortController();
  const run = () => bench.runner.runNext(ending.signal);
  const counted = (outcome: string) => bench.shown.value('export_attempts_total', { outcome });
  return { ...bench, bench, run, ending, counted };
}

function broken(): never {
  throw new Error('connect ECONNREFUSED 10.0.0.5:5432');
}

describe('ExportRunner', () => {
  it('completes an export with the file of its source, and its checksum', async () => {
    const { bench, run, storage, counted } = setup();
    const id = await bench.request();

    await run();

    const { object, ...completed } = await bench.read(id);
    expect(completed).toMatchObject({
      status: 'completed',
      fileName: 'Transactions.csv',
      fileSize: TEXT.length,
      recordCount: 2,
      sha256: createHash('sha256').update(TEXT).digest('hex'),
    });
    expect(storage.keys).toEqual([object?.key]);
    expect(bench.stepsOf(id)).toEqual(['export.requested', 'export.started', 'export.completed']);
    expect(await counted('completed')).toBe(1);
  });

  it('does nothing while another worker has the export', async () => {
    const { bench, run, storage } = setup();
    const id = await bench.request();
    await bench.claim(id);

    await run();

    expect(storage.keys).toEqual([]);
    expect(await bench.read(id)).toMatchObject({ status: 'processing' });
  });

  it('does nothing without a pending export', async () => {
    await expect(setup().run()).resolves.toBeUndefined();
  });

  describe('a domain error', () => {
    const refuse = (): never => {
      throw DomainError.invalidRequest({ field: 'filters.age', message: 'is no column' });
    };

    it('fails the export at once with its full message', async () => {
      const { bench, run, counted } = setup({ textOf: refuse });
      const id = await bench.request();

      await run();

      const error = 'The request is not valid (filters.age: is no column)';
      expect(await bench.read(id)).toMatchObject({ status: 'failed', error, errorCode: 'invalid-request' });
      expect([await counted('failed'), await counted('retried')]).toEqual([1, undefined]);
    });

    it('deletes what the attempt has stored', async () => {
      const { bench, run, storage } = setup({
        textOf: async ({ id }) => {
          await storage.put(`${objectPrefix(id)}part.csv`, toBody('x'), { contentType: 'text/csv' });
          return refuse();
        },
      });
      await bench.request();

      await run();

      expect(storage.keys).toEqual([]);
    });

    it('fails the export even if the storage is unavailable', async () => {
      const { bench, run } = setup({
        textOf: () => {
          bench.storage.fail('discard');
          return refuse();
        },
      });
      const id = await bench.request();

      await run();

      expect(await bench.read(id)).toMatchObject({ status: 'failed' });
    });
  });

  describe('any other error', () => {
    it.each([
      ['2 s after the first attempt', 1, 2],
      ['8 s after the second', 2, 8],
    ])('is retried %s', async (_, attempt, pauseSeconds) => {
      const { bench, run, records, counted } = setup({ textOf: broken });
      const id = await bench.request();

      for (let turn = 0; turn < attempt; turn++) {
        records.clock.advance(MAX_PAUSE_SECONDS);
        await run();
      }

      const { enqueueAfter } = records.exports.get(id)!;
      expect(await bench.read(id)).toMatchObject({ status: 'pending', error: null });
      expect(Math.round((enqueueAfter.getTime() - records.clock.now().getTime()) / 1000)).toBe(pauseSeconds);
      expect(await counted('retried')).toBe(attempt);
    });

    it(`fails the export at attempt ${MAX_ATTEMPTS} with a message without internals`, async () => {
      const { bench, run, records, counted } = setup({ textOf: broken });
      const id = await bench.request();
      const statuses: string[] = [];

      for (let turn = 0; turn < MAX_ATTEMPTS; turn++) {
        records.clock.advance(MAX_PAUSE_SECONDS);
        await run();
        statuses.push((await bench.read(id)).status);
      }

      const { error } = await bench.read(id);
      expect(statuses).toEqual(['pending', 'pending', 'failed']);
      expect(error).toContain('could not be created');
      expect(error).not.toContain('ECONNREFUSED');
      expect([await counted('retried'), await counted('failed')]).toEqual([2, 1]);
    });

    it('that is resolved lets the next attempt complete the export', async () => {
      let isBroken = true;
      const { bench, run, records } = setup({ textOf: () => (isBroken ? broken() : TEXT) });
      const id = await bench.request();
      await run();
      isBroken = false;
      records.clock.advance(MAX_PAUSE_SECONDS);

      await run();

      expect(await bench.read(id)).toMatchObject({ status: 'completed', fileSize: TEXT.length });
    });

    it('of the storage says that the file could not be stored', async () => {
      const { bench, run, records, storage } = setup();
      storage.fail('put');
      const id = await bench.request();

      for (let turn = 0; turn < MAX_ATTEMPTS; turn++) {
        records.clock.advance(MAX_PAUSE_SECONDS);
        await run();
      }

      expect(await bench.read(id)).toMatchObject({
        error: expect.stringContaining('could not be stored'),
        errorCode: 'file-not-stored',
      });
    });

    it('in the middle of the file leaves no part of it', async () => {
      const { bench, run, storage } = setup({ beforeLine: (line) => (line === 1 ? broken() : undefined) });
      const id = await bench.request();

      await run();

      expect(storage.keys).toEqual([]);
      expect(await bench.read(id)).toMatchObject({ status: 'pending', object: null });
    });
  });

  describe('an export that is taken over by another worker', () => {
    it('is published by the new worker only, and the file of the former is deleted', async () => {
      const { bench, run, storage, records, counted } = setup({
        beforeLine: async (line) => {
          if (line === 0) return;
          records.clock.advance(LEASE_SECONDS + 1);
          await bench.claim(id);
        },
      });
      const id = await bench.request();

      await run();

      expect(await bench.read(id)).toMatchObject({ status: 'processing', object: null });
      expect(storage.keys).toEqual([]);
      expect(await counted('completed')).toBeUndefined();
    });

    it('is not failed by its former worker', async () => {
      const { bench, run, records, counted } = setup({
        beforeLine: async () => {
          records.clock.advance(LEASE_SECONDS + 1);
          await bench.claim(id);
          broken();
        },
      });
      const id = await bench.request();

      await run();

      expect(await bench.read(id)).toMatchObject({ status: 'processing' });
      expect(bench.stepsOf(id)).toEqual([
        'export.requested',
        'export.started',
        'export.attempt-lost',
        'export.started',
      ]);
      expect(await counted('retried')).toBeUndefined();
    });
  });

  describe('the heartbeat', () => {
    beforeEach(() => {
      jest.useFakeTimers();
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    it('stops the attempt when the export was cancelled', async () => {
      const { bench, run, storage, counted } = setup({ textOf: (_, signal) => untilAborted(signal) });
      const id = await bench.request();
      const running = run();
      await jest.advanceTimersByTimeAsync(100);
      await bench.exports.cancel(id, ANN);

      await jest.advanceTimersByTimeAsync(500);
      await running;

      expect(await bench.read(id)).toMatchObject({ status: 'cancelled' });
      expect(bench.stepsOf(id).at(-1)).toBe('export.cancelled');
      expect(storage.keys).toEqual([]);
      expect(await counted('failed')).toBeUndefined();
    });

    it('renews the lease while the work takes', async () => {
      const { bench, run, maintenance } = setup({
        beforeLine: () => jest.advanceTimersByTimeAsync(2 * LEASE_SECONDS * 1000),
      });
      const id = await bench.request();

      await run();

      expect(await maintenance.requeueStalled()).toEqual([]);
      expect(await bench.read(id)).toMatchObject({ status: 'completed' });
    });

    it('reports progress', async () => {
      const { bench, run } = setup({ beforeLine: (line) => (line === 0 ? undefined : new Promise(() => undefined)) });
      const id = await bench.request();
      void run();

      await jest.advanceTimersByTimeAsync(600);

      expect((await bench.read(id)).progress).toEqual({ done: 1, total: 2, unit: 'rows' });
    });
  });

  describe('at shutdown', () => {
    it('hands back the export without counting the attempt', async () => {
      const { bench, run, ending, records, counted } = setup({ textOf: (_, signal) => untilAborted(signal) });
      const id = await bench.request();
      const running = run();

      ending.abort(new Error('The process has to end'));
      await running;

      expect(records.exports.get(id)).toMatchObject({ status: 'pending', attempts: 0, error: null });
      expect(await bench.maintenance.claimOverdue()).toEqual([id]);
      expect(bench.stepsOf(id).at(-1)).toBe('export.handed-back');
      expect(await counted('handed-back')).toBe(1);
    });

    it('does not hand back an export that was cancelled meanwhile', async () => {
      const { bench, run, ending, counted } = setup({ textOf: (_, signal) => untilAborted(signal) });
      const id = await bench.request();
      const running = run();
      await bench.exports.cancel(id, ANN);

      ending.abort(new Error('The process has to end'));
      await running;

      expect(await bench.read(id)).toMatchObject({ status: 'cancelled' });
      expect(await counted('handed-back')).toBeUndefined();
    });
  });
});
