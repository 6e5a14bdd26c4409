import { createExportBench } from '../../../../test/support/export-bench';
import { ANN } from '../../../../test/support/export-requests';
import { until } from '../../../../test/support/until';
import { DomainError } from '../../../platform/errors/domain-error';
import { StorageUnavailableError } from '../../../platform/storage/file-storage';
import { objectPrefix, SnapshotNotSharedError } from '../../../export/sources';
import { MAX_PART_ATTEMPTS } from '../domain/part';

const DIVIDED = { options: { parts: 3 }, isLarge: true };
const ENDLESS = new AbortController().signal;

async function setup() {
  const bench = createExportBench();
  const id = await bench.request(DIVIDED);
  const keys = async () => {
    const found: string[] = [];
    for await (const { key } of bench.storage.list(objectPrefix(id))) found.push(key);
    return found;
  };
  const filesOf = () => bench.partFiles.list(id, 0, 100);
  const run = () => bench.runner.runNext(ENDLESS);
  return { ...bench, bench, id, keys, filesOf, run };
}

describe('DividedExports', () => {
  it('makes all parts in one process, and publishes them once, in order', async () => {
    const { id, read, run, filesOf, divided, queue, stepsOf } = await setup();

    await run();

    expect(await read(id)).toMatchObject({
      status: 'completed',
      partCount: 3,
      recordCount: 3,
      fileName: 'Transactions.zip',
    });
    const files = await filesOf();
    expect(files.map(({ number, name, rows }) => [number, name, rows])).toEqual([
      [1, 'Transactions-00001.csv', 1],
      [2, 'Transactions-00002.csv', 1],
      [3, 'Transactions-00003.csv', 1],
    ]);
    expect(divided.open).toBe(0);
    expect(queue.parts.get(id)).toBe(3);
    expect(stepsOf(id)).toEqual(['export.requested', 'export.started', 'export.completed']);
  });

  it('has a manifest that lists the files, whose hash is that of the record', async () => {
    const { id, read, run, filesOf, manifests } = await setup();

    await run();

    const { text, sha256 } = (await manifests.find(id))!;
    expect((await read(id)).sha256).toBe(sha256);
    const { manifest } = JSON.parse(text) as {
      manifest: { files: { name: string; sha256: string }[]; tables: object[] };
    };
    const files = await filesOf();
    expect(manifest.files.map((file) => [file.name, file.sha256])).toEqual(
      files.map((file) => [file.name, file.sha256]),
    );
    expect(manifest.tables).toEqual([{ name: 'transactions', rows: 3, columns: [] }]);
  });

  it('shares the parts with other workers', async () => {
    const { id, read, run, divided, partRunner } = await setup();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    divided.before = ({ number }) => (number === 1 ? released : undefined);

    const leading = run();
    await until('the leader makes a part', () => divided.led.length > 0);
    await partRunner.runNext(ENDLESS);
    release();
    await leading;

    expect(divided.led).toEqual([1]);
    expect((await read(id)).recordCount).toBe(3);
  });

  it('leaves a part that others cannot read to the leader', async () => {
    const { id, read, run, divided, partRunner } = await setup();
    let isLeader = true;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    divided.before = async ({ number }) => {
      if (number === 1 && isLeader) await released;
      else if (!isLeader) throw new SnapshotNotSharedError('Another server');
    };

    const leading = run();
    await until('the leader makes a part', () => divided.led.length > 0);
    isLeader = false;
    await partRunner.runNext(ENDLESS);
    isLeader = true;
    release();
    await leading;

    expect(divided.led).toEqual([1, 2, 3]);
    expect((await read(id)).status).toBe('completed');
  });

  it('fails the export with the reason of a part', async () => {
    const { id, read, run, divided, keys } = await setup();
    divided.before = ({ number }) => {
      if (number === 2) throw new DomainError('conflict', 'rows-not-written', 'Division by zero');
    };

    await run();

    expect(await read(id)).toMatchObject({
      status: 'failed',
      errorCode: 'rows-not-written',
      error: 'Division by zero',
    });
    expect(await keys()).toEqual([]);
    expect(divided.open).toBe(0);
  });

  it('repeats a part whose storage failed, under the same snapshot', async () => {
    const { id, read, run, divided, records } = await setup();
    let failures = 0;
    divided.before = ({ number }) => {
      if (number !== 2 || failures === MAX_PART_ATTEMPTS - 1) return;
      failures += 1;
      // The next attempt is due at once.
      records.clock.advance(10);
      throw new StorageUnavailableError(new Error('Away'));
    };
    const advancing = setInterval(() => {
      records.clock.advance(2);
    }, 50);

    await run();
    clearInterval(advancing);

    expect(await read(id)).toMatchObject({ status: 'completed', recordCount: 3 });
    expect(failures).toBe(MAX_PART_ATTEMPTS - 1);
  });

  it('ends with the leader: nothing of a cancelled export stays, and its parts are void', async () => {
    const { id, read, run, divided, exports, parts, keys } = await setup();
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    divided.before = async (_, signal) => {
      begin();
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
    };

    const leading = run();
    await begun;
    await exports.cancel(id, ANN);
    await leading;

    expect((await read(id)).status).toBe('cancelled');
    expect(divided.open).toBe(0);
    expect(await keys()).toEqual([]);
    expect(await parts.claimNext()).toBeNull();
  });

  it('hands the export back when the process must end', async () => {
    const { id, read, runner, divided } = await setup();
    const ending = new AbortController();
    divided.before = () => {
      ending.abort();
    };

    await runner.runNext(ending.signal);

    expect((await read(id)).status).toBe('pending');
    expect(divided.open).toBe(0);
  });

  it('removes what an interrupted attempt stored', async () => {
    const { id, run, storage, keys } = await setup();
    const body = async function* () {
      await Promise.resolve();
      yield Buffer.from('x');
    };
    await storage.put(`${objectPrefix(id)}lost-1.csv`, body(), { contentType: 'text/csv' });

    await run();

    expect(await keys()).toHaveLength(3);
    expect(await keys()).not.toContain(`${objectPrefix(id)}lost-1.csv`);
  });
});
