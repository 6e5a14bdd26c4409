import { randomUUID } from 'node:crypto';
import {
  FileNotFoundError,
  PermissionMissingError,
  StorageUnavailableError,
} from '../../src/platform/storage/file-storage';
import type { S3RequestLimits, S3Settings } from '../../src/platform/storage/s3-client';
import { S3Storage } from '../../src/platform/storage/s3-storage';
import { bytes, digest, KB, MB, text } from '../support/bytes';
import { type Fault, FaultyProxy, type SeenRequest } from '../support/faulty-proxy';
import { scaled } from '../support/machine';
import { describeOnS3, S3Observer, s3Server } from '../support/s3-under-test';
import { until } from '../support/until';
import { describeFileStorage } from './file-storage.contract';

const asText = { contentType: 'text/plain' };

describeOnS3('on a server', () => {
  describeFileStorage('S3Storage', async () => {
    const observer = new S3Observer(s3Server);
    await observer.makeBucket();
    const storage = new S3Storage(s3Server);
    return {
      storage,
      kind: { adapter: 's3', settings: s3Server },
      unfinishedUploads: (prefix) => observer.unfinishedUploads(prefix),
      end: () => {
        storage.onApplicationShutdown();
        observer.close();
        return Promise.resolve();
      },
    };
  });
});

describeOnS3('S3Storage', () => {
  const observer = new S3Observer(s3Server);
  let proxy: FaultyProxy;
  let home: string;
  const opened: S3Storage[] = [];
  const direct = new S3Storage(s3Server);

  /** A storage whose every request goes through the proxy. */
  const throughProxy = (more: Partial<S3Settings> = {}, limits: Partial<S3RequestLimits> = {}) => {
    const storage = new S3Storage({
      ...s3Server,
      endpoint: proxy.url,
      ...more,
      limits: { attempts: 4, ...limits },
    });
    opened.push(storage);
    return storage;
  };

  beforeAll(async () => {
    await observer.makeBucket();
    proxy = await FaultyProxy.before(s3Server.endpoint);
  });
  beforeEach(() => {
    home = `s3/${randomUUID()}`;
    proxy.recover();
  });
  afterEach(async () => {
    proxy.recover();
    await direct.discard(`${home}/`);
  });
  afterAll(async () => {
    for (const storage of [...opened, direct]) storage.onApplicationShutdown();
    observer.close();
    await proxy.close();
  });

  const expectNothing = async () => {
    const found: string[] = [];
    for await (const file of direct.list(`${home}/`)) found.push(file.key);
    expect(found).toEqual([]);
    expect(await observer.unfinishedUploads(home)).toEqual([]);
  };

  describe('a faulty storage', () => {
    /** Breaks the first `times` of the requests that match. */
    const breakFirst = (times: number, fault: Fault, matches: (request: SeenRequest) => boolean) => {
      let broken = 0;
      proxy.decide = (request) => (matches(request) && broken++ < times ? fault : 'pass');
    };
    const isPart = ({ method, url }: SeenRequest) => method === 'PUT' && url.searchParams.has('partNumber');
    const isCompletion = ({ method, url }: SeenRequest) => method === 'POST' && url.searchParams.has('uploadId');
    const isSingle = ({ method, url }: SeenRequest) => method === 'PUT' && !url.searchParams.has('partNumber');

    it.each([
      ['answers 500', 500, {}],
      ['cuts the connection', 'cut', {}],
      ['does not answer', 'hang', { responseTimeoutMs: 500 }],
      ['loses its answer', 'lose-answer', {}],
    ] as const)('is retried when it %s twice', async (_, fault, limits) => {
      const storage = throughProxy({}, limits);

      for (const [key, size, which] of [
        ['small', KB, isSingle],
        ['part', 20 * MB, isPart],
        ['completion', 20 * MB, isCompletion],
      ] as const) {
        breakFirst(2, fault, which);
        expect(await storage.put(`${home}/${key}`, bytes(size), asText)).toBe(size);
        proxy.recover();
        expect(await digest(await direct.open(`${home}/${key}`))).toEqual(await digest(bytes(size)));
      }
      breakFirst(2, fault, ({ method }) => method === 'GET');
      expect(await digest(await storage.open(`${home}/small`))).toEqual(await digest(bytes(KB)));
      expect(await observer.unfinishedUploads(home)).toEqual([]);
    });

    it.each([
      ['refuses', 403, {}],
      ['fails for', 500, {}],
      ['hangs at', 'hang', { responseTimeoutMs: 500 }],
      ['cuts the connection at', 'cut', {}],
    ] as const)('that %s a part keeps nothing of the file', async (_, fault, limits) => {
      const storage = throughProxy({}, limits);
      proxy.decide = (request) =>
        isPart(request) && request.url.searchParams.get('partNumber') === '2' ? fault : 'pass';
      let requested = 0;
      async function* long() {
        for await (const chunk of bytes(2_000 * MB)) {
          requested += chunk.length;
          yield chunk;
        }
      }

      await expect(storage.put(`${home}/file`, long(), asText)).rejects.toThrow();

      expect(
        proxy.seen.filter((request) => isPart(request) && request.url.searchParams.get('partNumber') === '2'),
      ).toHaveLength(fault === 403 ? 1 : 4);
      expect(requested).toBeLessThan(2_000 * MB);
      await expectNothing();
    });

    it('keeps nothing when an upload is cancelled while a part hangs', async () => {
      const storage = throughProxy();
      const abort = new AbortController();
      proxy.decide = (request) => {
        if (!isPart(request)) return 'pass';
        setImmediate(() => {
          abortedAt = performance.now();
          abort.abort(new Error('cancelled'));
        });
        return 'hang';
      };
      let abortedAt = 0;

      await expect(storage.put(`${home}/file`, bytes(40 * MB), { ...asText, signal: abort.signal })).rejects.toThrow(
        'cancelled',
      );

      expect(performance.now() - abortedAt).toBeLessThan(scaled(2_000));
      await expectNothing();
    });

    it('receives a second abort when the first one is lost', async () => {
      const storage = throughProxy();
      breakFirst(2, 500, ({ method }) => method === 'DELETE');
      async function* breaking() {
        yield* bytes(20 * MB);
        throw new Error('the source broke');
      }

      await expect(storage.put(`${home}/file`, breaking(), asText)).rejects.toThrow('the source broke');

      expect(proxy.seen.filter(({ method }) => method === 'DELETE')).toHaveLength(3);
      await expectNothing();
    });

    it('has stored the file although its last response was lost', async () => {
      const storage = throughProxy();
      breakFirst(1_000, 'lose-answer', isCompletion);

      expect(await storage.put(`${home}/file`, bytes(20 * MB), asText)).toBe(20 * MB);

      expect(await digest(await direct.open(`${home}/file`))).toEqual(await digest(bytes(20 * MB)));
    });

    it('reports the first error when it is lost permanently', async () => {
      const storage = throughProxy({}, { responseTimeoutMs: 200, cleanUpTimeoutMs: 500 });
      proxy.decide = (request) => (isPart(request) ? 'cut' : request.method === 'DELETE' ? 'hang' : 'pass');

      await expect(storage.put(`${home}/file`, bytes(20 * MB), asText)).rejects.toThrow(
        /socket hang up|ECONNRESET|EPIPE/,
      );

      expect(await observer.unfinishedUploads(home)).toHaveLength(1);
      proxy.recover();
      expect(await storage.discard(`${home}/`)).toBe(1);
      await expectNothing();
    });

    it('deletes the rest of many files when it rejects some', async () => {
      const storage = throughProxy();
      const keys = Array.from({ length: 1_001 }, (_, n) => `${home}/${String(n).padStart(4, '0')}`);
      for (const key of [keys[0]!, keys[1_000]!]) await direct.put(key, bytes(KB), asText);
      breakFirst(1, 403, ({ method, url }) => method === 'POST' && url.searchParams.has('delete'));

      const refused = await storage.deleteAll(keys);

      expect([...refused.keys()]).toEqual(keys.slice(0, 1_000));
      expect((await direct.stat(keys[0]!)).size).toBe(KB);
      await expect(direct.stat(keys[1_000]!)).rejects.toThrow(FileNotFoundError);
    });

    it('aborts the stream of a reader whose response is cut instead of ending it', async () => {
      const storage = throughProxy();
      await storage.put(`${home}/file`, bytes(20 * MB), asText);
      breakFirst(1, 'cut-answer', ({ method }) => method === 'GET');

      const stream = await storage.open(`${home}/file`);

      await expect(digest(stream)).rejects.toThrow();
    });

    it('fails fast when the connection is refused', async () => {
      const storage = throughProxy({ endpoint: 'http://127.0.0.1:1' });

      await expect(storage.put(`${home}/file`, bytes(KB), asText)).rejects.toThrow('ECONNREFUSED');
      await expect(storage.check()).rejects.toThrow('ECONNREFUSED');
    });

    it('is unhealthy without its bucket, or with a wrong key', async () => {
      await expect(throughProxy({ bucket: 'there-is-no-such-bucket' }).check()).rejects.toThrow();
      await expect(throughProxy({ secretAccessKey: 'wrong' }).check()).rejects.toThrow();
      await expect(throughProxy({ secretAccessKey: 'wrong' }).stat(`${home}/file`)).rejects.not.toThrow(
        FileNotFoundError,
      );
    });
  });

  describe('presigned URLs', () => {
    const never = new AbortController().signal;
    const named = { fileName: 'a.png', contentType: 'image/png', expiresInSeconds: 60 };
    const storage = () => throughProxy({ endpoint: s3Server.endpoint, publicEndpoint: proxy.url });

    it('give access to the signed file at whichever host they name', async () => {
      const unreachable = 'http://127.0.0.1:1';
      await direct.put(`${home}/file`, bytes(KB), asText);

      for (const publicEndpoint of [proxy.url, s3Server.endpoint, unreachable]) {
        const signing = throughProxy({ endpoint: s3Server.endpoint, publicEndpoint });
        const address = await signing.link(`${home}/file`, named);

        expect(address).toMatch(publicEndpoint);
        expect(await digest(await signing.openPresigned(address!, never))).toEqual(await digest(bytes(KB)));
      }
    });

    it('give no access when they are unsigned, forged or expired', async () => {
      await direct.put(`${home}/file`, bytes(KB), asText);
      await direct.put(`${home}/other`, bytes(KB), asText);
      const signed = (await storage().link(`${home}/file`, named))!;
      const expired = (await storage().link(`${home}/file`, { ...named, expiresInSeconds: 1 }))!;
      const refused = [
        signed.split('?')[0]!,
        signed.replace('/file?', '/other?'),
        signed.replace(/Signature=..../, 'Signature=0000'),
        signed.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'),
        `s3://${s3Server.bucket}/${home}/file`,
      ];

      for (const address of refused) {
        await expect(storage().openPresigned(address, never)).rejects.toThrow(PermissionMissingError);
      }
      await until('the signature has expired', async () => (await fetch(expired)).status === 403);
      await expect(storage().openPresigned(expired, never)).rejects.toThrow(PermissionMissingError);
    });

    it('distinguish a missing file from an unavailable storage', async () => {
      const missing = (await storage().link(`${home}/none`, named))!;
      await expect(storage().openPresigned(missing, never)).rejects.toThrow(FileNotFoundError);

      const away = throughProxy({ endpoint: 'http://127.0.0.1:1', publicEndpoint: proxy.url });
      await expect(away.openPresigned(missing, never)).rejects.toThrow(StorageUnavailableError);
    });
  });

  describe('links', () => {
    const named = { fileName: 'отчёт "1".csv', contentType: 'text/csv; charset=utf-8', expiresInSeconds: 60 };

    it('are not created when browsers cannot reach the storage', async () => {
      expect(await direct.link(`${home}/file`, named)).toBeNull();
    });

    it('let anyone download the file under its name', async () => {
      const storage = throughProxy({ endpoint: s3Server.endpoint, publicEndpoint: proxy.url });
      await direct.put(`${home}/file`, bytes(KB), asText);

      const link = await storage.link(`${home}/file`, named);

      expect(link).toMatch(new RegExp(`^${proxy.url}/`));
      const response = await fetch(link!);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
      expect(response.headers.get('content-disposition')).toBe(
        `attachment; filename="_____ _1_.csv"; filename*=UTF-8''%D0%BE%D1%82%D1%87%D1%91%D1%82%20%221%22.csv`,
      );
      expect(await digest(response.body as unknown as AsyncIterable<Uint8Array>)).toEqual(await digest(bytes(KB)));
      const part = await fetch(link!, { headers: { range: 'bytes=0-3' } });
      expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 4]);
      expect(storage.keyOf(link!)).toBe(`${home}/file`);
    });

    it('give access to nothing else', async () => {
      const storage = throughProxy({ endpoint: s3Server.endpoint, publicEndpoint: proxy.url });
      await direct.put(`${home}/file`, bytes(KB), asText);
      await direct.put(`${home}/other`, bytes(KB), asText);
      const link = await storage.link(`${home}/file`, named);

      expect((await fetch(link!.replace('/file?', '/other?'))).status).toBe(403);
      expect((await fetch(link!, { method: 'DELETE' })).status).toBe(403);
      expect(await text(await direct.open(`${home}/file`))).toHaveLength(KB);
    });
  });
});
