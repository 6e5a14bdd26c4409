import { type BenchTraits, createExportBench, TEXT } from '../../../../test/support/export-bench';
import { toBody } from '../../../../test/support/texts';
import { objectPrefix } from '../../../export/sources';
import { StorageFault } from '../domain/interfaces/production';
import { ExportProduction } from './export-production';

const CSV = { contentType: 'text/csv' };
const SHA256 = 'f0b91c6de4da4e05d0346c44123760344d9393a300946788a2a175ec52920974';

async function setup(traits: BenchTraits = {}) {
  const bench = createExportBench(traits);
  const { storage } = bench;
  const sut = new ExportProduction(bench.rendering, storage);
  const attempt = (await bench.claim(await bench.request()))!;
  const abort = new AbortController();
  const progress: object[] = [];
  const produce = () => sut.produce(attempt, (step) => progress.push(step), abort.signal);
  return { attempt, storage, produce, progress, abort, home: objectPrefix(attempt.export.id) };
}

describe('ExportProduction', () => {
  it('stores the file under the attempt’s own key and returns its size and checksum', async () => {
    const { produce, storage, attempt, home, progress } = await setup();

    const file = await produce();

    const key = `${home}${attempt.token}.csv`;
    expect(file).toEqual({
      object: { key, ...CSV },
      name: 'Transactions.csv',
      ...CSV,
      size: TEXT.length,
      recordCount: 2,
      pageCount: null,
      read: null,
      warnings: [],
      sha256: SHA256,
      blocks: [SHA256],
      facts: { title: 'Transactions', snapshot: null, tables: [] },
    });
    expect((await (await storage.open(key)).toArray()).join('')).toBe(TEXT);
    expect(progress.at(-1)).toEqual({ done: 2, total: 2, unit: 'rows' });
  });

  it('deletes files of earlier attempts and none of other exports', async () => {
    const { produce, storage, attempt, home } = await setup();
    await storage.put(`${home}former.csv`, toBody('x'), CSV);
    await storage.put('exports/other/file.csv', toBody('x'), CSV);

    await produce();

    expect(storage.keys).toEqual([`${home}${attempt.token}.csv`, 'exports/other/file.csv'].sort());
  });

  it('rethrows errors of the source unchanged', async () => {
    const fault = new Error('The source is gone');
    const { produce, storage } = await setup({ textOf: () => Promise.reject(fault) });

    await expect(produce()).rejects.toBe(fault);
    expect(storage.keys).toEqual([]);
  });

  it('rethrows an error in the middle of the file unchanged and stores no part of it', async () => {
    const fault = new Error('The cursor is gone');
    const { produce, storage } = await setup({
      beforeLine: (line) => (line === 1 ? Promise.reject(fault) : undefined),
    });

    await expect(produce()).rejects.toBe(fault);
    expect(storage.keys).toEqual([]);
  });

  it('distinguishes storage errors from source errors', async () => {
    const { produce, storage } = await setup();
    const cause = new Error('503 Slow Down');
    storage.fail('put', cause);

    const error: unknown = await produce().catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(StorageFault);
    expect(error).toMatchObject({ cause });
  });

  it('throws the abort reason of its signal, not a storage error', async () => {
    const reason = new Error('The export was cancelled');
    const { produce, storage, abort } = await setup({
      beforeLine: (line) => {
        if (line === 0) return undefined;
        abort.abort(reason);
        return new Promise(() => undefined);
      },
    });

    await expect(produce()).rejects.toBe(reason);
    expect(storage.keys).toEqual([]);
  });
});
