import { Readable } from 'node:stream';
import { bytes, digest, KB, MB } from '../support/bytes';
import { asText, type FileStorageBench } from '../support/file-storage-bench';
import { scaled } from '../support/machine';

/** What becomes of a file that is stored, and of one that is not stored to its end. */
export function describePutting(bench: FileStorageBench): void {
  describe('storing', () => {
    it.each([
      ['empty', 0],
      ['small', 3],
      ['exactly one part', 5 * MB],
      ['in several parts', 20 * MB + 1],
    ])('returns the bytes of a file unchanged: %s', async (_, size) => {
      const key = `${bench.home}/file.bin`;

      const stored = await bench.storage.put(key, bytes(size), asText);

      expect(stored).toBe(size);
      expect(await digest(await bench.storage.open(key))).toEqual(await digest(bytes(size)));
      const file = await bench.storage.stat(key);
      expect(file).toMatchObject({ key, size });
      expect(Math.abs(Date.now() - file.modifiedAt.getTime())).toBeLessThan(60_000);
      expect(await bench.test.unfinishedUploads(bench.home)).toEqual([]);
    });

    it('accepts chunks of any size', async () => {
      const key = `${bench.home}/file.bin`;
      const size = 9 * MB + 17;

      await bench.storage.put(key, bytes(size, 1, 5 * MB + 3), asText);
      expect(await digest(await bench.storage.open(key))).toEqual(await digest(bytes(size, 1, 5 * MB + 3)));

      await bench.storage.put(key, bytes(100 * KB, 1, 7), asText);
      expect(await digest(await bench.storage.open(key))).toEqual(await digest(bytes(100 * KB, 1, 7)));
    });

    it('stores twenty files concurrently', async () => {
      const files = Array.from({ length: 20 }, (_, n) => ({ key: `${bench.home}/${n}`, size: (n + 1) * 100 * KB }));

      await Promise.all(files.map(({ key, size }, n) => bench.storage.put(key, bytes(size, n), asText)));

      for (const [n, { key, size }] of files.entries()) {
        expect(await digest(await bench.storage.open(key))).toEqual(await digest(bytes(size, n)));
      }
    });

    it('replaces a file for later readers, not for those that have it open', async () => {
      const key = `${bench.home}/file.bin`;
      const [before, after] = [await digest(bytes(20 * MB, 1)), await digest(bytes(24 * MB, 2))];
      await bench.storage.put(key, bytes(20 * MB, 1), asText);
      const earlier = await bench.storage.open(key);

      await bench.storage.put(key, bytes(24 * MB, 2), asText);

      expect(await digest(earlier)).toEqual(before);
      expect(await digest(await bench.storage.open(key))).toEqual(after);
    });

    it('shows the old or the new file during a replacement, never a mixture', async () => {
      const key = `${bench.home}/file.bin`;
      const contents = [await digest(bytes(9 * MB, 1)), await digest(bytes(10 * MB, 2))];
      await bench.storage.put(key, bytes(9 * MB, 1), asText);

      let replacing = true as boolean;
      const replaced = bench.storage.put(key, bytes(10 * MB, 2), asText).finally(() => (replacing = false));
      const seen: unknown[] = [];
      while (replacing) seen.push(await digest(await bench.storage.open(key)));
      await replaced;

      expect(seen.length).toBeGreaterThan(0);
      for (const content of seen) expect(contents).toContainEqual(content);
    });
  });

  describe('an upload that fails', () => {
    it('leaves nothing when the body throws after several parts', async () => {
      const failure = new Error('the source broke');
      async function* breaking() {
        yield* bytes(20 * MB);
        throw failure;
      }

      await expect(bench.storage.put(`${bench.home}/file.bin`, breaking(), asText)).rejects.toBe(failure);

      await bench.expectNothing(bench.home);
    });

    it('keeps the previous file', async () => {
      const key = `${bench.home}/file.txt`;
      await bench.put(key, 'before');
      async function* breaking() {
        yield* bytes(12 * MB);
        throw new Error('the source broke');
      }

      await expect(bench.storage.put(key, breaking(), asText)).rejects.toThrow('the source broke');

      expect(await bench.read(key)).toBe('before');
      expect(await bench.test.unfinishedUploads(bench.home)).toEqual([]);
    });

    it('leaves nothing when the body throws at once', async () => {
      const body = new Readable({ read: () => body.destroy(new Error('nothing to give')) });

      await expect(bench.storage.put(`${bench.home}/file.bin`, body, asText)).rejects.toThrow('nothing to give');

      await bench.expectNothing(bench.home);
    });

    it.each([
      ['generator', (waits: () => void) => bytesThenSilence(20 * MB, waits)],
      ['stream', (waits: () => void) => new Readable({ read: waits })],
    ])('ends at once when the signal aborts while the body (a %s) is waiting', async (_, makeBody) => {
      const abort = new AbortController();
      const reason = new Error('cancelled');
      const waits = () =>
        setImmediate(() => {
          abortedAt = performance.now();
          abort.abort(reason);
        });
      const body = makeBody(waits);
      let abortedAt = 0;

      await expect(bench.storage.put(`${bench.home}/file.bin`, body, { ...asText, signal: abort.signal })).rejects.toBe(
        reason,
      );

      expect(performance.now() - abortedAt).toBeLessThan(scaled(2_000));
      if (body instanceof Readable) expect(body.destroyed).toBe(true);
      await bench.expectNothing(bench.home);
    });

    it('reads nothing if the signal was aborted before', async () => {
      const body = Readable.from(bytes(MB));
      const signal = AbortSignal.abort(new Error('too late'));

      await expect(bench.storage.put(`${bench.home}/file.bin`, body, { ...asText, signal })).rejects.toThrow(
        'too late',
      );

      expect(body.destroyed).toBe(true);
      await bench.expectNothing(bench.home);
    });

    it('fails when it is deleted halfway', async () => {
      const key = `${bench.home}/attempt/file.bin`;
      let discarded = 0;
      async function* body() {
        yield* bytes(20 * MB);
        while ((await bench.test.unfinishedUploads(bench.home)).length === 0) await new Promise(setImmediate);
        discarded = await bench.storage.discard(`${bench.home}/attempt/`);
        yield* bytes(MB);
      }

      await expect(bench.storage.put(key, body(), asText)).rejects.toThrow();

      expect(discarded).toBe(1);
      await bench.expectNothing(bench.home);
    });
  });
}

/** What a storage that takes its time over the last bytes has to keep, which one in memory does not. */
export function describeLateAbort(bench: FileStorageBench): void {
  it('leaves nothing when the signal aborts just after the body has ended', async () => {
    const abort = new AbortController();
    const reason = new Error('cancelled');
    async function* body() {
      yield* bytes(KB);
      setImmediate(() => {
        abort.abort(reason);
      });
    }

    await expect(bench.storage.put(`${bench.home}/file.bin`, body(), { ...asText, signal: abort.signal })).rejects.toBe(
      reason,
    );

    await bench.expectNothing(bench.home);
  });
}

async function* bytesThenSilence(size: number, silent: () => void): AsyncGenerator<Buffer> {
  yield* bytes(size);
  silent();
  await new Promise<never>(() => undefined);
}
