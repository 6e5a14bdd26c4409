import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { problemOf } from '../../src/platform/http/problem-details';
import { DiskStorage } from '../../src/platform/storage/disk-storage';
import { FileNotFoundError, type FileStorage, StorageUnavailableError } from '../../src/platform/storage/file-storage';
import { S3Storage } from '../../src/platform/storage/s3-storage';
import { bytes, KB, MB, text } from '../support/bytes';
import { type Fault, FaultyProxy } from '../support/faulty-proxy';
import { scaledBeside, timeOf } from '../support/machine';
import { ObjectServer } from '../support/object-server';

const asText = { contentType: 'text/plain' };
const KEY = 'exports/1/file.txt';

/** What a caller, a worker or a sweep may ask of a storage. */
const CALLS: [string, (storage: FileStorage) => Promise<unknown>][] = [
  ['put', (storage) => storage.put(KEY, Readable.from([Buffer.from('text')]), asText)],
  ['put in parts', (storage) => storage.put(KEY, bytes(12 * MB), asText)],
  ['stat', (storage) => storage.stat(KEY)],
  ['open', (storage) => storage.open(KEY)],
  ['open in part', (storage) => storage.open(KEY, { start: 0, end: 1 })],
  ['delete', (storage) => storage.delete(KEY)],
  ['deleteAll', async (storage) => Promise.reject((await storage.deleteAll([KEY])).get(KEY)!)],
  ['discard', (storage) => storage.discard('exports/1/')],
  ['list', (storage) => all(storage.list('exports/'))],
  ['listUploads', (storage) => all(storage.listUploads('exports/'))],
  ['discardUpload', (storage) => storage.discardUpload({ key: KEY, id: crypto.randomUUID(), lastSeenAt: new Date() })],
  ['check', (storage) => storage.check()],
];

async function all(list: AsyncIterable<unknown>): Promise<unknown[]> {
  const entries: unknown[] = [];
  for await (const entry of list) entries.push(entry);
  return entries;
}

async function expectUnavailable(storage: FileStorage, call: (typeof CALLS)[number][1]): Promise<void> {
  const error = await call(storage).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(StorageUnavailableError);
  expect(problemOf(error, 'request-1')).toMatchObject({ body: { status: 503 }, retryAfterSeconds: 5, isFault: true });
}

describe.each<[string, (folder: string) => Promise<unknown>]>([
  ['is missing', () => Promise.resolve()],
  ['is a file', (folder) => writeFile(folder, 'not a folder')],
])('DiskStorage whose folder %s', (_, replace) => {
  let parent: string;
  let folder: string;
  let storage: DiskStorage;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'storage-faults-'));
    folder = join(parent, 'files');
    storage = new DiskStorage({ directory: folder, publicUrl: 'https://exports.example.org' });
    await storage.put(KEY, Readable.from([Buffer.from('before')]), asText);
    await rename(folder, `${folder}.away`);
    await replace(folder);
  });
  afterEach(() => rm(parent, { recursive: true }));

  it.each(CALLS)('is unavailable for %s', async (_name, call) => {
    await expectUnavailable(storage, call);
  });

  it('has its files when the folder is available again', async () => {
    for (const [, call] of CALLS) await call(storage).catch(() => undefined);

    await rm(folder, { force: true });
    await rename(`${folder}.away`, folder);

    expect(await text(await storage.open(KEY))).toBe('before');
    await expect(storage.check()).resolves.toBeUndefined();
    await expect(storage.stat('exports/2/file.txt')).rejects.toThrow(FileNotFoundError);
  });
});

describe('DiskStorage', () => {
  let folder: string;
  let storage: DiskStorage;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'storage-faults-'));
    storage = new DiskStorage({ directory: folder, publicUrl: 'https://exports.example.org' });
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is unavailable if a file cannot be renamed', async () => {
    await mkdir(join(folder, KEY, 'in-the-way'), { recursive: true });

    await expectUnavailable(storage, (one) => one.put(KEY, bytes(KB), asText));
  });

  it('rethrows errors of the body, also those that look like disk errors', async () => {
    const failure = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
    async function* breaking() {
      yield* bytes(KB);
      throw failure;
    }

    await expect(storage.put(KEY, breaking(), asText)).rejects.toBe(failure);
  });
});

describe('S3Storage', () => {
  let server: ObjectServer;
  let proxy: FaultyProxy;
  let storage: S3Storage;

  beforeAll(async () => {
    server = await ObjectServer.start();
    proxy = await FaultyProxy.before(server.url);
    storage = new S3Storage({
      endpoint: proxy.url,
      region: 'none',
      bucket: 'bucket',
      forcePathStyle: true,
      accessKeyId: 'key',
      secretAccessKey: 'secret',
      limits: { attempts: 2, responseTimeoutMs: 400, callerTimeoutMs: 300, cleanUpTimeoutMs: 200 },
    });
  });
  afterEach(() => {
    proxy.recover();
  });
  afterAll(async () => {
    storage.onApplicationShutdown();
    await proxy.close();
    await server.stop();
  });

  describe.each<[string, Fault]>([
    ['answers 500', 500],
    ['answers 503', 503],
    ['refuses the credentials', 403],
    ['cuts the connection', 'cut'],
    ['does not answer', 'hang'],
  ])('on a server that %s', (_, fault) => {
    it.each(CALLS)('is unavailable for %s', async (_name, call) => {
      proxy.decide = () => fault;

      await expectUnavailable(storage, call);
    });
  });

  it('is unavailable if the connection is refused', async () => {
    const settings = { endpoint: 'http://127.0.0.1:1', region: 'none', bucket: 'none', forcePathStyle: true };
    const away = new S3Storage({ ...settings, accessKeyId: 'k', secretAccessKey: 's', limits: { attempts: 2 } });

    for (const [, call] of CALLS) await expectUnavailable(away, call);
    away.onApplicationShutdown();
  });

  it('limits the wait for a caller, whatever the retries', async () => {
    const call = () => expectUnavailable(storage, (one) => one.open(KEY));
    proxy.decide = () => 403;
    const usual = await timeOf(call);
    proxy.decide = () => 'hang';

    expect(await timeOf(call)).toBeLessThan(scaledBeside(1_000, usual));
  });

  it('rethrows errors of the body and the abort reason', async () => {
    const failure = new Error('the source broke');
    async function* breaking() {
      yield* bytes(KB);
      throw failure;
    }
    const cancelled = new Error('cancelled');
    const abort = { ...asText, signal: AbortSignal.abort(cancelled) };

    await expect(storage.put(KEY, breaking(), asText)).rejects.toBe(failure);
    await expect(storage.put(KEY, bytes(KB), abort)).rejects.toBe(cancelled);
  });

  it('reports that a missing file is not found', async () => {
    await expect(storage.stat('exports/2/nothing')).rejects.toThrow(FileNotFoundError);
  });
});
