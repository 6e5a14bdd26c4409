import { createExportBench, type ExportBench } from '../../../../test/support/export-bench';
import { ANN, delivering, finishedFile } from '../../../../test/support/export-requests';
import { toBody } from '../../../../test/support/texts';
import { SweepMetrics } from '../../../platform/work/sweep-metrics';
import { MAX_ATTEMPTS } from '../domain/attempt-limits';
import { objectPrefix } from '../../../export/sources';
import { ExportSweep } from './export-sweep';

const LEASE_SECONDS = 10;
const REMINDER_SECONDS = 30;
const ROUND_MS = 2_000;

function setup(environment: Record<string, string> = {}) {
  const bench = createExportBench({ environment });
  const { config, maintenance, service, runner, partRunner, parts, downloads, storage, produced, shown } = bench;
  const sweeps = new SweepMetrics(shown);
  const sut = new ExportSweep(
    config,
    maintenance,
    service,
    runner,
    partRunner,
    parts,
    downloads,
    storage,
    produced,
    sweeps,
  );
  const counted = (outcome: string) => shown.value('sweeps_total', { sweep: 'exports', outcome });

  /** Claims the export, and is heard of no more until its lease is over. */
  const loseAttempt = async (id: string) => {
    await bench.claim(id);
    bench.records.clock.advance(LEASE_SECONDS + 1);
  };
  return { ...bench, bench, sut, counted, loseAttempt };
}

describe('ExportSweep', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** The first round, which starts with the service. */
  async function sweep(sut: ExportSweep): Promise<void> {
    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1);
    await sut.onModuleDestroy();
  }

  it('requeues the export of a worker without heartbeat', async () => {
    const { bench, sut, queue, loseAttempt, shown } = setup();
    const id = await bench.request();
    await loseAttempt(id);

    await sweep(sut);

    expect(await bench.read(id)).toMatchObject({ status: 'pending' });
    expect(queue.takeAll()).toEqual([id]);
    expect(await shown.value('export_attempts_total', { outcome: 'lost' })).toBe(1);
  });

  it(`fails an export whose heartbeat was lost ${MAX_ATTEMPTS} times and deletes its files`, async () => {
    const { bench, storage, maintenance, loseAttempt, shown, sut } = setup();
    const id = await bench.request();
    for (let turn = 1; turn < MAX_ATTEMPTS; turn++) {
      await loseAttempt(id);
      await maintenance.requeueStalled();
    }
    await loseAttempt(id);
    await storage.put(`${objectPrefix(id)}part.csv`, toBody('x'), { contentType: 'text/csv' });

    await sweep(sut);

    expect(await bench.read(id)).toMatchObject({ status: 'failed' });
    expect(storage.keys).toEqual([]);
    expect(await shown.value('exports_total', { outcome: 'failed' })).toBe(1);
  });

  it('keeps the files of an attempt while another follows', async () => {
    const { bench, storage, loseAttempt, sut } = setup();
    const id = await bench.request();
    await loseAttempt(id);
    await storage.put(`${objectPrefix(id)}part.csv`, toBody('x'), { contentType: 'text/csv' });

    await sweep(sut);

    expect(storage.keys).toHaveLength(1);
  });

  it('requeues an export whose job was lost', async () => {
    const { bench, queue, records, sut } = setup();
    const id = await bench.request();
    records.clock.advance(REMINDER_SECONDS + 1);

    await sweep(sut);

    expect(queue.takeAll()).toEqual([id]);
  });

  it('retries to enqueue exports that could not be enqueued', async () => {
    const { bench, queue, records, sut } = setup();
    const ids = [await bench.request(), await bench.request()];
    records.clock.advance(REMINDER_SECONDS + 1);
    queue.fail();
    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1);
    queue.recover();

    await jest.advanceTimersByTimeAsync(ROUND_MS);
    await sut.onModuleDestroy();

    expect(queue.takeAll()).toEqual(ids);
  });

  it('wakes a worker for an export whose job ran without a claim', async () => {
    const { bench, queue, sut } = setup();
    const id = await bench.request();

    await sweep(sut);

    expect(queue.takeAll()).toEqual([id]);
  });

  it('wakes no worker for an export before its retry time', async () => {
    const { bench, queue, sut } = setup();
    const id = await bench.request();
    await bench.attempts.retryLater((await bench.claim(id))!, REMINDER_SECONDS, {
      code: 'file-not-produced',
      reason: 'No connection',
    });

    await sweep(sut);

    expect(queue.takeAll()).toEqual([]);
  });

  it('deletes old idempotency keys when it starts, and in every tenth round', async () => {
    const { records, sut } = setup();
    const addOldKey = () => {
      records.idempotencyKeys.set('old', { fingerprint: 'one', resourceId: 'two', createdAt: new Date(0) });
    };
    const left: number[] = [];
    const wait = async (milliseconds: number) => {
      await jest.advanceTimersByTimeAsync(milliseconds);
      left.push(records.idempotencyKeys.size);
    };

    addOldKey();
    sut.onApplicationBootstrap();
    await wait(1);
    addOldKey();
    await wait(9 * ROUND_MS);
    await wait(ROUND_MS);
    await sut.onModuleDestroy();

    expect(left).toEqual([0, 1, 0]);
  });

  it('retries a failed step in the next sweep without blocking the others', async () => {
    const { bench, queue, records, sut, counted } = setup();
    const id = await bench.request({ oneTime: true });
    const lease = await serveToTheLast(bench, id);
    const waiting = await bench.request();
    records.clock.advance(lease);
    queue.fail();
    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1);
    const first = [(await bench.read(id)).status, await counted('failed'), await counted('completed')];
    queue.recover();
    records.clock.advance(REMINDER_SECONDS + 1);

    await jest.advanceTimersByTimeAsync(ROUND_MS);
    await sut.onModuleDestroy();

    expect(first).toEqual(['expired', 1, 0]);
    expect(queue.takeAll()).toEqual([waiting]);
    expect(await counted('completed')).toBe(1);
  });

  it('adds messages that a process of an earlier version omitted', async () => {
    const { bench, records, sut } = setup();
    const id = await bench.request(delivering('email', 'completed'));
    await bench.attempts.finish((await bench.claim(id))!, finishedFile(id));
    records.outbox.clear();

    await sweep(sut);

    expect([...records.outbox.values()]).toMatchObject([{ exportId: id, event: 'export.completed' }]);
  });

  it('runs in worker processes only', async () => {
    const { bench, queue, records, sut } = setup({ ROLE: 'api' });
    await bench.request();
    records.clock.advance(REMINDER_SECONDS + 1);

    await sweep(sut);

    expect(queue.takeAll()).toEqual([]);
  });
});

/** Sends all of a one-time file. @returns after how many seconds its download counts */
async function serveToTheLast({ attempts, claim, downloads }: ExportBench, id: string): Promise<number> {
  await attempts.finish((await claim(id))!, finishedFile(id));
  const ending = await downloads.prepareCompletion((await downloads.claim(id, ANN))!, REMINDER_SECONDS);
  ending!.mark();
  return REMINDER_SECONDS + 1;
}
