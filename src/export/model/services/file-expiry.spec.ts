import { createExportBench } from '../../../../test/support/export-bench';
import { ANN, finishedFile } from '../../../../test/support/export-requests';
import { toBody } from '../../../../test/support/texts';
import { SweepMetrics } from '../../../platform/work/sweep-metrics';
import { objectPrefix } from '../domain/export';
import { FileExpiry } from './file-expiry';

const KEPT_SECONDS = 60;
const ROUND_MS = 2_000;

function setup() {
  const bench = createExportBench();
  const { config, retention, storage, shown } = bench;
  const sut = new FileExpiry(config, retention, storage, new SweepMetrics(shown));

  /** A completed export with its file. */
  const complete = async (retentionSeconds: number | null = KEPT_SECONDS) => {
    const id = await bench.request({ retentionSeconds });
    const key = `${objectPrefix(id)}file.csv`;
    await storage.put(key, toBody('x'), { contentType: 'text/csv' });
    await bench.attempts.finish((await bench.claim(id))!, finishedFile(id));
    return { id, key };
  };
  const removed = () => shown.value('sweep_removed_total', { kind: 'expired' });
  return { ...bench, bench, sut, complete, removed };
}

describe('FileExpiry', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  async function round(sut: FileExpiry): Promise<void> {
    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1);
    await sut.onModuleDestroy();
  }

  it('expires overdue exports and deletes their files', async () => {
    const { bench, sut, storage, records, complete, removed } = setup();
    const { id } = await complete();
    const kept = await complete(null);
    records.clock.advance(KEPT_SECONDS + 1);

    await round(sut);

    expect(await bench.read(id)).toMatchObject({ status: 'expired', object: null });
    expect(await bench.read(kept.id)).toMatchObject({ status: 'completed' });
    expect(storage.keys).toEqual([kept.key]);
    expect(await bench.retention.findDeletable(null)).toEqual([]);
    expect(await removed()).toBe(1);
  });

  it('deletes files that their owners deleted', async () => {
    const { bench, sut, storage, complete } = setup();
    const { id } = await complete(null);
    await bench.exports.expire(id, ANN);

    await round(sut);

    expect(storage.keys).toEqual([]);
  });

  it('retries a file that cannot be deleted in the next sweep and deletes the others', async () => {
    const { sut, storage, records, complete, removed } = setup();
    const locked = await complete();
    await complete();
    storage.protect(locked.key);
    records.clock.advance(KEPT_SECONDS + 1);
    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1);
    const left = storage.keys;
    storage.repair();

    await jest.advanceTimersByTimeAsync(ROUND_MS);
    await sut.onModuleDestroy();

    expect([left, storage.keys]).toEqual([[locked.key], []]);
    expect(await removed()).toBe(2);
  });

  it('continues until all files are deleted, however many there are', async () => {
    const { sut, storage, records, complete } = setup();
    for (let turn = 0; turn < 501; turn++) await complete();
    records.clock.advance(KEPT_SECONDS + 1);

    await round(sut);

    expect(storage.keys).toEqual([]);
  });
});
