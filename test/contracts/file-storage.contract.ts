import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { type ByteRange, FileNotFoundError, type FileStorage } from '../../src/platform/storage/file-storage';
import { InvalidStorageKeyError } from '../../src/platform/storage/storage-key';
import { bytes, digest, KB, MB, text } from '../support/bytes';
import { killDuringPut, memoryOfPut } from '../support/put-process';
import type { StorageKind } from '../support/put-process.child';

export interface StorageUnderTest {
  readonly storage: FileStorage;
  /** How another process makes the same storage. */
  readonly kind: StorageKind;
  /** Looks for unfinished uploads by other means than the adapter's. */
  unfinishedUploads(prefix: string): Promise<string[]>;
  end(): Promise<void>;
}

const asText = { contentType: 'text/plain' };

/** What every storage of files has to keep; `makeStorage` is called once. */
export function describeFileStorage(name: string, makeStorage: () => Promise<StorageUnderTest>): void {
  describe(name, () => {
    let test: StorageUnderTest;
    let storage: FileStorage;
    let home: string;

    beforeAll(async () => {
      test = await makeStorage();
      storage = test.storage;
    });
    afterAll(() => test.end());

    beforeEach(() => {
      home = `contract/${randomUUID()}`;
    });
    afterEach(() => storage.discard(`${home}/`));

    const put = (key: string, content: string) => storage.put(key, Readable.from([Buffer.from(content)]), asText);
    const read = async (key: string, range?: ByteRange) => text(await storage.open(key, range));
    const keys = async (prefix: string) => {
      const found: string[] = [];
      for await (const file of storage.list(prefix)) found.push(file.key);
      return found;
    };
    const expectNothing = async (prefix: string) => {
      expect(await keys(prefix)).toEqual([]);
      expect(await test.unfinishedUploads(prefix)).toEqual([]);
    };

    describe('storing', () => {
      it.each([
        ['empty', 0],
        ['small', 3],
        ['exactly one part', 8 * MB],
        ['in several parts', 20 * MB + 1],
      ])('gives back the bytes of a file: %s', async (_, size) => {
        const key = `${home}/file.bin`;

        const stored = await storage.put(key, bytes(size), asText);

        expect(stored).toBe(size);
        expect(await digest(await storage.open(key))).toEqual(await digest(bytes(size)));
        const file = await storage.stat(key);
        expect(file).toEqual({ key, size, modifiedAt: expect.any(Date) });
        expect(Math.abs(Date.now() - file.modifiedAt.getTime())).toBeLessThan(60_000);
        expect(await test.unfinishedUploads(home)).toEqual([]);
      });

      it('takes chunks of any size', async () => {
        const key = `${home}/file.bin`;
        const size = 9 * MB + 17;

        await storage.put(key, bytes(size, 1, 5 * MB + 3), asText);
        expect(await digest(await storage.open(key))).toEqual(await digest(bytes(size, 1, 5 * MB + 3)));

        await storage.put(key, bytes(100 * KB, 1, 7), asText);
        expect(await digest(await storage.open(key))).toEqual(await digest(bytes(100 * KB, 1, 7)));
      });

      it('stores twenty files at once, each its own', async () => {
        const files = Array.from({ length: 20 }, (_, n) => ({ key: `${home}/${n}`, size: (n + 1) * 100 * KB }));

        await Promise.all(files.map(({ key, size }, n) => storage.put(key, bytes(size, n), asText)));

        for (const [n, { key, size }] of files.entries()) {
          expect(await digest(await storage.open(key))).toEqual(await digest(bytes(size, n)));
        }
      });

      it('replaces a file for those who open it later, not for one who has it open', async () => {
        const key = `${home}/file.bin`;
        const [before, after] = [await digest(bytes(20 * MB, 1)), await digest(bytes(24 * MB, 2))];
        await storage.put(key, bytes(20 * MB, 1), asText);
        const earlier = await storage.open(key);

        await storage.put(key, bytes(24 * MB, 2), asText);

        expect(await digest(earlier)).toEqual(before);
        expect(await digest(await storage.open(key))).toEqual(after);
      });

      it('shows the old or the new file while it is replaced, never a mixture', async () => {
        const key = `${home}/file.bin`;
        const contents = [await digest(bytes(9 * MB, 1)), await digest(bytes(10 * MB, 2))];
        await storage.put(key, bytes(9 * MB, 1), asText);

        let replacing = true;
        const replaced = storage.put(key, bytes(10 * MB, 2), asText).finally(() => (replacing = false));
        const seen: unknown[] = [];
        while (replacing) seen.push(await digest(await storage.open(key)));
        await replaced;

        expect(seen.length).toBeGreaterThan(0);
        for (const content of seen) expect(contents).toContainEqual(content);
      });

      it('holds a few parts in memory, however long the body', async () => {
        const key = `${home}/long.bin`;

        const grown = await memoryOfPut({ kind: test.kind, key, megabytes: 200 });

        console.log(`${name}: 200 MB stored with ${(grown / MB).toFixed(0)} MB more memory at the highest`);
        expect((await storage.stat(key)).size).toBe(200 * MB);
        expect(grown).toBeGreaterThan(0);
        expect(grown).toBeLessThan(100 * MB);
      });
    });

    describe('a put that does not end well', () => {
      it('leaves nothing when the body throws after several parts', async () => {
        const failure = new Error('the source broke');
        async function* breaking() {
          yield* bytes(20 * MB);
          throw failure;
        }

        await expect(storage.put(`${home}/file.bin`, breaking(), asText)).rejects.toBe(failure);

        await expectNothing(home);
      });

      it('leaves the file that was there', async () => {
        const key = `${home}/file.txt`;
        await put(key, 'before');
        async function* breaking() {
          yield* bytes(12 * MB);
          throw new Error('the source broke');
        }

        await expect(storage.put(key, breaking(), asText)).rejects.toThrow('the source broke');

        expect(await read(key)).toBe('before');
        expect(await test.unfinishedUploads(home)).toEqual([]);
      });

      it('leaves nothing when the body throws at once', async () => {
        const body = new Readable({ read: () => body.destroy(new Error('nothing to give')) });

        await expect(storage.put(`${home}/file.bin`, body, asText)).rejects.toThrow('nothing to give');

        await expectNothing(home);
      });

      it('ends at once when the signal aborts, though the body is waiting', async () => {
        const abort = new AbortController();
        const reason = new Error('cancelled');
        const body = Readable.from(bytesThenSilence(20 * MB, () => setImmediate(() => abort.abort(reason))));
        const begun = Date.now();

        await expect(storage.put(`${home}/file.bin`, body, { ...asText, signal: abort.signal })).rejects.toBe(reason);

        expect(Date.now() - begun).toBeLessThan(2_000);
        expect(body.destroyed).toBe(true);
        await expectNothing(home);
      });

      it('reads nothing when the signal has aborted before', async () => {
        const body = Readable.from(bytes(MB));
        const signal = AbortSignal.abort(new Error('too late'));

        await expect(storage.put(`${home}/file.bin`, body, { ...asText, signal })).rejects.toThrow('too late');

        expect(body.destroyed).toBe(true);
        await expectNothing(home);
      });

      it('shows no file of a process that was killed, and discards what it left', async () => {
        const key = `${home}/attempt/file.bin`;

        await killDuringPut({ kind: test.kind, key, megabytes: 40 });

        expect(await keys(`${home}/`)).toEqual([`${key}.first`]);
        expect(await test.unfinishedUploads(home)).toHaveLength(1);

        expect(await storage.discard(`${home}/attempt/`)).toBe(2);

        await expectNothing(home);
      });

      it('fails when it is discarded halfway', async () => {
        const key = `${home}/attempt/file.bin`;
        let discarded = 0;
        async function* body() {
          yield* bytes(20 * MB);
          while ((await test.unfinishedUploads(home)).length === 0) await new Promise(setImmediate);
          discarded = await storage.discard(`${home}/attempt/`);
          yield* bytes(MB);
        }

        await expect(storage.put(key, body(), asText)).rejects.toThrow();

        expect(discarded).toBe(1);
        await expectNothing(home);
      });
    });

    describe('reading', () => {
      it.each([
        ['the first byte', { start: 0, end: 0 }, '0'],
        ['the middle', { start: 3, end: 5 }, '345'],
        ['the last byte', { start: 9, end: 9 }, '9'],
        ['to the end', { start: 7, end: 9 }, '789'],
        ['beyond the end', { start: 7, end: 5_000 }, '789'],
      ])('gives a range: %s', async (_, range, content) => {
        await put(`${home}/digits`, '0123456789');

        expect(await read(`${home}/digits`, range)).toBe(content);
      });

      it.each([
        ['behind the end', { start: 10, end: 12 }],
        ['backwards', { start: 5, end: 4 }],
        ['before the start', { start: -3, end: 4 }],
      ])('has no range %s', async (_, range) => {
        await put(`${home}/digits`, '0123456789');

        await expect(storage.open(`${home}/digits`, range)).rejects.toThrow(RangeError);
      });

      it('says that a file is not there', async () => {
        await put(`${home}/folder/file`, 'x');

        for (const key of [`${home}/nothing`, `${home}/nowhere/nothing`, `${home}/folder`]) {
          await expect(storage.stat(key)).rejects.toThrow(FileNotFoundError);
          await expect(storage.open(key)).rejects.toThrow(FileNotFoundError);
        }
      });

      it('survives a reader that goes away in the middle', async () => {
        await storage.put(`${home}/file.bin`, bytes(20 * MB), asText);

        for (let reader = 0; reader < 20; reader++) {
          const stream = await storage.open(`${home}/file.bin`);
          for await (const chunk of stream) {
            expect((chunk as Buffer).length).toBeGreaterThan(0);
            break;
          }
          expect(stream.destroyed).toBe(true);
        }

        expect(await digest(await storage.open(`${home}/file.bin`))).toEqual(await digest(bytes(20 * MB)));
      });
    });

    describe('removing', () => {
      it('deletes a file, and does not mind one that is gone', async () => {
        await put(`${home}/a`, 'a');
        await put(`${home}/b/c`, 'c');

        await storage.delete(`${home}/a`);
        await storage.delete(`${home}/a`);
        await storage.delete(`${home}/b`);

        await expect(storage.stat(`${home}/a`)).rejects.toThrow(FileNotFoundError);
        expect(await keys(`${home}/`)).toEqual([`${home}/b/c`]);
      });

      it('discards everything under a prefix and nothing beside it', async () => {
        const gone = ['run-1/a', 'run-1/deep/er/b', 'run-1/z'];
        const kept = ['run-1', 'run-10/a', 'run-1.csv', 'run-', 'other/run-1/a'].filter((key) => key !== 'run-1');
        for (const key of [...gone, ...kept]) await put(`${home}/${key}`, key);

        expect(await storage.discard(`${home}/run-1/`)).toBe(3);

        expect(await keys(`${home}/`)).toEqual(kept.map((key) => `${home}/${key}`).sort());
        expect(await storage.discard(`${home}/run-1/`)).toBe(0);
      });

      it('takes a prefix that ends within a name by the letter', async () => {
        for (const key of ['file.csv', 'file.csv.zip', 'fi.csv']) await put(`${home}/${key}`, key);

        expect(await storage.discard(`${home}/file`)).toBe(2);

        expect(await keys(`${home}/`)).toEqual([`${home}/fi.csv`]);
      });

      it('lets files be stored while their neighbours are removed', async () => {
        const folder = `${home}/busy`;

        await Promise.all(
          Array.from({ length: 100 }, async (_, n) => {
            await put(`${folder}/${n}`, 'x');
            await storage.delete(`${folder}/${n}`);
          }),
        );

        await expectNothing(home);
      });
    });

    describe('listing', () => {
      it('goes by the bytes of the key, through folders', async () => {
        const names = ['a-b/1', 'a.b', 'a/1', 'a/10', 'a/2', 'a0', 'aB', 'B', '_', 'ab/z/y'];
        for (const key of names) await put(`${home}/${key}`, key);

        expect(await keys(`${home}/`)).toEqual(names.map((key) => `${home}/${key}`).sort());
        expect(await keys(`${home}/a/1`)).toEqual([`${home}/a/1`, `${home}/a/10`]);
        expect(await keys(`${home}/none`)).toEqual([]);
      });

      it('tells the size and time of each file', async () => {
        await put(`${home}/a`, '12345');

        for await (const file of storage.list(home)) expect(file).toEqual(await storage.stat(`${home}/a`));
        expect.assertions(1);
      });

      it('lists, and discards, thousands of files', async () => {
        const names = Array.from({ length: 2_500 }, (_, n) => `${home}/many/${String(n).padStart(4, '0')}`);
        const waiting = [...names];
        const putNext = async () => {
          for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) await put(key, 'x');
        };
        await Promise.all(Array.from({ length: 20 }, putNext));

        expect(await keys(`${home}/`)).toEqual(names);

        expect(await storage.discard(`${home}/`)).toBe(2_500);
        await expectNothing(home);
      });
    });

    it.each([
      '',
      '/etc/passwd',
      '../up',
      'a/../b',
      'a/..',
      './a',
      'a//b',
      'a/',
      '.uploads/a',
      'a/.b',
      'a\\b',
      'a b',
      'ä',
    ])('refuses the key %j everywhere', async (key) => {
      const link = { fileName: 'a', contentType: 'text/plain', expiresInSeconds: 60 };

      await expect(put(key, 'x')).rejects.toThrow(InvalidStorageKeyError);
      await expect(storage.stat(key)).rejects.toThrow(InvalidStorageKeyError);
      await expect(storage.open(key)).rejects.toThrow(InvalidStorageKeyError);
      await expect(storage.delete(key)).rejects.toThrow(InvalidStorageKeyError);
      await expect(storage.link(key, link)).rejects.toThrow(InvalidStorageKeyError);
      if (!/^[\w-]+\/?$/.test(key)) await expect(storage.discard(key)).rejects.toThrow(InvalidStorageKeyError);
    });

    it('finds itself well', async () => {
      await expect(storage.check()).resolves.toBeUndefined();
    });
  });
}

async function* bytesThenSilence(size: number, silent: () => void): AsyncGenerator<Buffer> {
  yield* bytes(size);
  silent();
  await new Promise<never>(() => undefined);
}
