import { type BenchTraits, createExportBench, TEXT } from '../../../../test/support/export-bench';
import { ANN, exportInput } from '../../../../test/support/export-requests';
import { untilAborted } from '../../../../test/support/texts';
import { DomainError } from '../../../platform/errors/domain-error';
import type { ExportInput } from '../../../export';
import { ExportStreaming, type StreamedFile } from './export-streaming';

const opened: StreamedFile[] = [];

function setup(traits: BenchTraits = {}) {
  const bench = createExportBench(traits);
  const { service, attempts, sources, rendering, produced, running, config } = bench;
  const sut = new ExportStreaming(service, attempts, sources, rendering, produced, running, config);
  const open = async (request: Partial<ExportInput> = {}) => {
    const { creation, file } = await sut.open(exportInput(request));
    if (!file) throw new Error('Nothing is streamed');
    opened.push(file);
    return { id: creation.export.id, file };
  };
  return { ...bench, bench, sut, open };
}

async function readAll({ body }: StreamedFile): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('ExportStreaming', () => {
  // Each keeps its lease alive until it ends.
  afterEach(() => Promise.all(opened.splice(0).map((file) => file.close())));

  it('streams the file as it is produced and completes the record with its last byte', async () => {
    const { bench, open, storage } = setup();
    const { id, file } = await open();
    const before = await bench.read(id);

    const text = await readAll(file);

    expect([file.name, file.contentType, text]).toEqual(['Transactions.csv', 'text/csv', TEXT]);
    expect(before).toMatchObject({ status: 'processing', streamed: true });
    expect(await bench.read(id)).toMatchObject({ status: 'completed', fileSize: TEXT.length, object: null });
    expect(storage.keys).toEqual([]);
  });

  it('returns the first record for a repeated request and streams nothing', async () => {
    const { open, sut } = setup();
    const { id, file } = await open({ idempotencyKey: 'k' });
    await readAll(file);

    const repeat = await sut.open(exportInput({ idempotencyKey: 'k' }));

    expect(repeat).toMatchObject({ file: null, creation: { isNew: false, export: { id } } });
  });

  it('fails the record with the message of a domain error of the source', async () => {
    const { records, sut } = setup({
      textOf: () => {
        throw new DomainError('conflict', 'nothing-to-export', 'There is nothing to export');
      },
    });

    await expect(sut.open(exportInput())).rejects.toMatchObject({ code: 'nothing-to-export' });

    expect([...records.exports.values()]).toMatchObject([
      { status: 'failed', error: 'There is nothing to export', errorCode: 'nothing-to-export' },
    ]);
  });

  it('aborts on a source error without revealing internals to the owner', async () => {
    const { bench, open } = setup({
      beforeLine: (line) => {
        if (line === 1) throw new Error('ECONNRESET 10.0.0.5');
      },
    });
    const { id, file } = await open();

    await expect(readAll(file)).rejects.toThrow('ECONNRESET');

    const { status, error } = await bench.read(id);
    expect([status, error]).toEqual(['failed', expect.stringContaining('ask for them again')]);
    expect(error).not.toContain('ECONNRESET');
  });

  it('aborts a stream whose export was cancelled', async () => {
    const { bench, open } = setup({
      beforeLine: async (line) => {
        if (line === 1) await bench.exports.cancel(id, ANN);
      },
    });
    const { id, file } = await open();

    await expect(readAll(file)).rejects.toThrow('cancelled');

    expect(await bench.read(id)).toMatchObject({ status: 'cancelled', sha256: null });
  });

  it('fails the record when the connection is closed early', async () => {
    const { bench, open } = setup();
    const { id, file } = await open();
    await file.body[Symbol.asyncIterator]().next();

    await file.close();

    expect(await bench.read(id)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('connection was closed'),
      errorCode: 'connection-closed',
    });
  });

  it('does not change the record after the file was read completely', async () => {
    const { bench, open } = setup();
    const { id, file } = await open();
    await readAll(file);

    await file.close();

    expect(await bench.read(id)).toMatchObject({ status: 'completed', error: null });
  });

  it('aborts the source when the connection is closed', async () => {
    let ended: unknown;
    const { open } = setup({
      textOf: (_, signal) => {
        untilAborted(signal).catch((reason: unknown) => (ended = reason));
        return TEXT;
      },
    });
    const { file } = await open();

    await file.close();
    await new Promise(setImmediate);

    expect(ended).toBeDefined();
  });

  it('frees the slot for the owner’s next stream when one ends', async () => {
    const { open } = setup();
    const streams = [await open(), await open(), await open()];
    const refused: unknown = await open().catch((error: unknown) => error);

    await readAll(streams[0]!.file);

    expect(refused).toMatchObject({ kind: 'limit', code: 'too-many-streams' });
    await expect(open()).resolves.toBeDefined();
  });

  it('lets streams finish at shutdown and aborts the others after the grace period', async () => {
    const { bench, open } = setup({ environment: { SHUTDOWN_GRACE_SECONDS: '0' } });
    const [read, stuck] = [await open(), await open()];
    await readAll(read.file);

    await bench.running.beforeApplicationShutdown();

    expect(await bench.read(read.id)).toMatchObject({ status: 'completed' });
    expect(await bench.read(stuck.id)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('The service stopped'),
      errorCode: 'service-stopped',
    });
  });
});
