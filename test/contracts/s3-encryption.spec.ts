import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { S3Settings } from '../../src/platform/storage/s3-client';
import { S3Storage } from '../../src/platform/storage/s3-storage';
import { bytes, MB } from '../support/bytes';
import { FaultyProxy } from '../support/faulty-proxy';
import { describeOnS3, requestedEncryptionOf, S3Observer, s3Server } from '../support/s3-under-test';

/** Each begins an object by another request, or would. */
const BODIES: readonly [what: string, body: () => AsyncIterable<Buffer>, way: string][] = [
  ['nothing', () => bytes(0), 'PUT'],
  ['a few bytes', () => bytes(7), 'PUT'],
  ['a stream of one part', () => Readable.from([Buffer.alloc(5 * MB - 1)]), 'PUT'],
  ['exactly one part', () => bytes(5 * MB), 'PUT'],
  ['one part and a byte', () => bytes(5 * MB + 1), 'POST'],
  ['several parts', () => bytes(23 * MB), 'POST'],
];

describeOnS3('Encryption at rest', () => {
  const observer = new S3Observer(s3Server);
  const opened: S3Storage[] = [];
  let proxy: FaultyProxy;
  let home: string;

  const storageWith = (more: Partial<S3Settings>) => {
    const storage = new S3Storage({ ...s3Server, endpoint: proxy.url, ...more });
    opened.push(storage);
    return storage;
  };

  beforeAll(async () => {
    await observer.makeBucket();
    proxy = await FaultyProxy.before(s3Server.endpoint);
  });
  beforeEach(() => {
    home = `encryption/${randomUUID()}`;
    proxy.recover();
  });
  afterAll(async () => {
    proxy.recover();
    await storageWith({}).discard('encryption/');
    for (const storage of opened) storage.onApplicationShutdown();
    observer.close();
    await proxy.close();
  });

  describe.each(BODIES)('of %s', (_, body, way) => {
    it.each<[Partial<S3Settings>, string | undefined, string | undefined]>([
      [{ sse: 'AES256' }, 'AES256', undefined],
      [{ sse: 'aws:kms' }, 'aws:kms', undefined],
      [{ sse: 'aws:kms', kmsKeyId: 'arn:aws:kms:eu-1:1:key/7' }, 'aws:kms', 'arn:aws:kms:eu-1:1:key/7'],
      [{}, undefined, undefined],
    ])('is requested as configured: %j', async (configured, algorithm, key) => {
      // The gateway has no key store: the request counts, not the response.
      proxy.decide = () => (algorithm === 'aws:kms' ? 403 : 'pass');

      await storageWith(configured)
        .put(`${home}/file`, body(), { contentType: 'text/plain' })
        .catch(() => undefined);

      const requested = requestedEncryptionOf(proxy.seen);
      expect(requested).toEqual([{ method: way, key: `${home}/file`, algorithm, kmsKeyId: key }]);
    });
  });
});
