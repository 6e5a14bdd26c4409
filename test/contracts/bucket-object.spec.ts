import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { BucketObject } from '../../src/delivery/channels/s3/bucket-object';
import type { ExportFile } from '../../src/delivery/infrastructure/export-file';
import { OpenBucket } from '../../src/delivery/channels/s3/open-bucket';
import { TransferProgress } from '../../src/delivery/model/domain/transfer-progress';
import { ObjectServer } from '../support/object-server';

const NAME = 'deliveries/daily/report.csv';
const { signal } = new AbortController();

describe('An object in the bucket of a user', () => {
  let server: ObjectServer;
  let bucket: OpenBucket;
  let object: BucketObject;

  beforeAll(async () => {
    server = await ObjectServer.start();
    bucket = bucketOn(server);
    object = bucket.object('daily/report.csv');
  });

  beforeEach(() => {
    server.objects.clear();
    Object.assign(server, { refusesConditions: false, isReadable: true });
  });

  afterAll(async () => {
    bucket.close();
    await server.stop();
  });

  it('has the bytes of the file and the export id and SHA-256 as metadata', async () => {
    const file = fileOf('id,amount\n1,2.50\n');

    expect(await object.write(file, signal)).toBe(true);

    const stored = server.objects.get(NAME);
    expect(stored?.sha256).toBe(file.sha256);
    expect(stored?.headers).toMatchObject({
      'content-type': 'text/csv',
      'x-amz-meta-export-id': file.exportId,
      'x-amz-meta-sha256': file.sha256,
    });
    expect(await object.head(signal)).toEqual({ kind: 'object', exportId: file.exportId });
  });

  it('is not overwritten, regardless of who created it', async () => {
    const theirs = { sha256: fileOf('of another writer').sha256, exportId: null };
    server.objects.set(NAME, theirs);

    expect(await object.write(fileOf('ours'), signal)).toBe(false);

    expect(server.objects.get(NAME)).toBe(theirs);
    expect(await object.head(signal)).toEqual({ kind: 'object', exportId: null });
  });

  it('is written unconditionally if the storage does not support conditions', async () => {
    server.refusesConditions = true;

    expect(await object.write(fileOf('ours'), signal)).toBe(true);

    expect(server.objects.get(NAME)?.sha256).toBe(fileOf('ours').sha256);
  });

  it.each([
    ['is shorter than recorded', { size: 5 }],
    ['is longer than recorded', { size: 3 }],
    ['has another SHA-256 than recorded', { sha256: '0'.repeat(64) }],
  ])('is not written if the file %s', async (_, recorded) => {
    const writing = object.write({ ...fileOf('ours'), ...recorded }, signal);

    await expect(writing).rejects.toThrow('is not the one that was recorded');
    expect([...server.objects]).toEqual([]);
  });

  it('is distinguished from a missing and from a forbidden object', async () => {
    const missing = await object.head(signal);
    server.isReadable = false;

    expect([missing, await object.head(signal)]).toEqual([{ kind: 'nothing' }, { kind: 'hidden' }]);
  });
});

function bucketOn({ url }: ObjectServer): OpenBucket {
  return new OpenBucket({ bucket: 'deliveries', prefix: 'daily/' }, url, {
    endpoint: url,
    region: 'us-east-1',
    bucket: 'deliveries',
    accessKeyId: 'id',
    secretAccessKey: 'key',
    forcePathStyle: true,
    limits: { attempts: 1, cleanUpTimeoutMs: 1_000 },
  });
}

function fileOf(text: string): ExportFile {
  return {
    exportId: randomUUID(),
    contentType: 'text/csv',
    size: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
    progress: new TransferProgress(),
    open: () => Promise.resolve(Readable.from([Buffer.from(text)])),
  };
}
