import { once } from 'node:events';
import { type ByteRange, FileNotFoundError, type StoredFile } from '../../src/platform/storage/file-storage';
import { InvalidStorageKeyError } from '../../src/platform/storage/storage-key';
import { bytes, digest, MB } from '../support/bytes';
import { asText, type FileStorageBench } from '../support/file-storage-bench';

/** S3 lists and deletes a thousand objects with one request. */
const MORE_THAN_A_PAGE = 1_050;

/** Reading, removing and listing what is stored, and what no key may be. */
export function describeFiles(bench: FileStorageBench): void {
  const readForSending = async (key: string, range?: ByteRange) =>
    collect(await bench.storage.openForSending(key, range));

  describe('reading', () => {
    it.each([
      ['the first byte', { start: 0, end: 0 }, '0'],
      ['the middle', { start: 3, end: 5 }, '345'],
      ['the last byte', { start: 9, end: 9 }, '9'],
      ['to the end', { start: 7, end: 9 }, '789'],
      ['beyond the end', { start: 7, end: 5_000 }, '789'],
    ])('returns a range: %s', async (_, range, content) => {
      await bench.put(`${bench.home}/digits`, '0123456789');

      expect(await bench.read(`${bench.home}/digits`, range)).toBe(content);
      expect(String(await readForSending(`${bench.home}/digits`, range))).toBe(content);
    });

    it('returns whole files in chunks for sending', async () => {
      await bench.put(`${bench.home}/empty`, '');
      await bench.storage.put(`${bench.home}/file.bin`, bytes(MB), asText);

      expect(await readForSending(`${bench.home}/empty`)).toHaveLength(0);
      expect((await readForSending(`${bench.home}/file.bin`)).equals(await collect(bytes(MB)))).toBe(true);
    });

    it.each([
      ['behind the end', { start: 10, end: 12 }],
      ['backwards', { start: 5, end: 4 }],
      ['before the start', { start: -3, end: 4 }],
    ])('rejects the range %s', async (_, range) => {
      await bench.put(`${bench.home}/digits`, '0123456789');

      await expect(bench.storage.open(`${bench.home}/digits`, range)).rejects.toThrow(RangeError);
      await expect(bench.storage.openForSending(`${bench.home}/digits`, range)).rejects.toThrow(RangeError);
    });

    it('reports a missing file', async () => {
      await bench.put(`${bench.home}/folder/file`, 'x');

      for (const key of [`${bench.home}/nothing`, `${bench.home}/nowhere/nothing`, `${bench.home}/folder`]) {
        await expect(bench.storage.stat(key)).rejects.toThrow(FileNotFoundError);
        await expect(bench.storage.open(key)).rejects.toThrow(FileNotFoundError);
        await expect(bench.storage.openForSending(key)).rejects.toThrow(FileNotFoundError);
      }
    });

    it('survives a reader that disconnects midway', async () => {
      await bench.storage.put(`${bench.home}/file.bin`, bytes(20 * MB), asText);

      for (let reader = 0; reader < 20; reader++) {
        const stream = await bench.storage.open(`${bench.home}/file.bin`);
        await once(stream, 'readable');
        stream.destroy();
        await once(stream, 'close');
      }

      expect(await digest(await bench.storage.open(`${bench.home}/file.bin`))).toEqual(await digest(bytes(20 * MB)));
    });
  });

  describe('removing', () => {
    it('deletes a file and ignores a missing one', async () => {
      await bench.put(`${bench.home}/a`, 'a');
      await bench.put(`${bench.home}/b/c`, 'c');

      await bench.storage.delete(`${bench.home}/a`);
      await bench.storage.delete(`${bench.home}/a`);
      await bench.storage.delete(`${bench.home}/b`);

      await expect(bench.storage.stat(`${bench.home}/a`)).rejects.toThrow(FileNotFoundError);
      expect(await bench.keys(`${bench.home}/`)).toEqual([`${bench.home}/b/c`]);
    });

    it('deletes everything under a prefix and nothing else', async () => {
      const gone = ['run-1/a', 'run-1/deep/er/b', 'run-1/z'];
      const kept = ['run-1', 'run-10/a', 'run-1.csv', 'run-', 'other/run-1/a'].filter((key) => key !== 'run-1');
      for (const key of [...gone, ...kept]) await bench.put(`${bench.home}/${key}`, key);

      expect(await bench.storage.discard(`${bench.home}/run-1/`)).toBe(3);

      expect(await bench.keys(`${bench.home}/`)).toEqual(kept.map((key) => `${bench.home}/${key}`).sort());
      expect(await bench.storage.discard(`${bench.home}/run-1/`)).toBe(0);
    });

    it('treats a prefix that ends within a name literally', async () => {
      for (const key of ['file.csv', 'file.csv.zip', 'fi.csv']) await bench.put(`${bench.home}/${key}`, key);

      expect(await bench.storage.discard(`${bench.home}/file`)).toBe(2);

      expect(await bench.keys(`${bench.home}/`)).toEqual([`${bench.home}/fi.csv`]);
    });

    it('allows concurrent writes of neighbouring files', async () => {
      const folder = `${bench.home}/busy`;

      await Promise.all(
        Array.from({ length: 100 }, async (_, n) => {
          await bench.put(`${folder}/${n}`, 'x');
          await bench.storage.delete(`${folder}/${n}`);
        }),
      );

      await bench.expectNothing(bench.home);
    });
  });

  describe('listing', () => {
    it('is ordered by the bytes of the key, across folders', async () => {
      const names = ['a-b/1', 'a.b', 'a/1', 'a/10', 'a/2', 'a0', 'aB', 'B', '_', 'ab/z/y'];
      for (const key of names) await bench.put(`${bench.home}/${key}`, key);

      expect(await bench.keys(`${bench.home}/`)).toEqual(names.map((key) => `${bench.home}/${key}`).sort());
      expect(await bench.keys(`${bench.home}/a/1`)).toEqual([`${bench.home}/a/1`, `${bench.home}/a/10`]);
      expect(await bench.keys(`${bench.home}/none`)).toEqual([]);
    });

    it('returns the size and time of each file', async () => {
      await bench.put(`${bench.home}/a`, '12345');

      const { key, size, modifiedAt } = await bench.storage.stat(`${bench.home}/a`);
      const listed: StoredFile[] = [];
      for await (const file of bench.storage.list(bench.home)) listed.push(file);

      expect(listed).toMatchObject([{ key, size }]);
      // S3 gives whole seconds for one file, and milliseconds in a list.
      expect(Math.abs(listed[0]!.modifiedAt.getTime() - modifiedAt.getTime())).toBeLessThan(1_000);
    });

    it('lists and deletes more files than fit into one request', async () => {
      const names = Array.from(
        { length: MORE_THAN_A_PAGE },
        (_, n) => `${bench.home}/many/${String(n).padStart(4, '0')}`,
      );
      const waiting = [...names];
      const putNext = async () => {
        for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) await bench.put(key, 'x');
      };
      await Promise.all(Array.from({ length: 20 }, putNext));

      expect(await bench.keys(`${bench.home}/`)).toEqual(names);

      expect(await bench.storage.discard(`${bench.home}/`)).toBe(MORE_THAN_A_PAGE);
      await bench.expectNothing(bench.home);
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
  ])('rejects the key %j everywhere', async (key) => {
    const link = { fileName: 'a', contentType: 'text/plain', expiresInSeconds: 60 };

    await expect(bench.put(key, 'x')).rejects.toThrow(InvalidStorageKeyError);
    await expect(bench.storage.stat(key)).rejects.toThrow(InvalidStorageKeyError);
    await expect(bench.storage.open(key)).rejects.toThrow(InvalidStorageKeyError);
    await expect(bench.storage.delete(key)).rejects.toThrow(InvalidStorageKeyError);
    await expect(bench.storage.link(key, link)).rejects.toThrow(InvalidStorageKeyError);
    if (!/^[\w-]+\/?$/.test(key)) await expect(bench.storage.discard(key)).rejects.toThrow(InvalidStorageKeyError);
  });

  it('reports itself as healthy', async () => {
    await expect(bench.storage.check()).resolves.toBeUndefined();
  });
}

/** Copies each chunk, because the next one may have its memory. */
async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}
