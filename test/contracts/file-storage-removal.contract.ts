import type { UnfinishedUpload } from '../../src/platform/storage/file-storage';
import { InvalidStorageKeyError } from '../../src/platform/storage/storage-key';
import { bytes, KB, MB } from '../support/bytes';
import { asText, type FileStorageBench } from '../support/file-storage-bench';
import { killDuringPut } from '../support/put-process';
import { until } from '../support/until';

/** How much is removed at once, and what was left behind. */
export function describeRemoval(bench: FileStorageBench): void {
  async function uploads(prefix = `${bench.home}/`): Promise<UnfinishedUpload[]> {
    const found: UnfinishedUpload[] = [];
    for await (const upload of bench.storage.listUploads(prefix)) found.push(upload);
    return found;
  }

  /** Begins to store a file whose body waits for `finish` after its first parts. */
  async function beginPut(key: string): Promise<{ finish: () => void; done: Promise<number> }> {
    let finish: () => void = () => undefined;
    const mayEnd = new Promise<void>((resolve) => (finish = resolve));
    async function* body() {
      yield* bytes(11 * MB);
      await mayEnd;
      yield* bytes(KB);
    }
    const done = bench.storage.put(key, body(), asText);
    done.catch(() => undefined);
    await until('the upload is under way', async () => (await bench.test.unfinishedUploads(key)).length > 0);
    return { finish, done };
  }

  describe('deleting many', () => {
    it('deletes each that is there, and nothing beside them', async () => {
      const keys = Array.from({ length: 1_050 }, (_, n) => `${bench.home}/run/${n}/file`);
      const kept = [`${bench.home}/run/1/file.csv`, `${bench.home}/run/1050/file`];
      const there = [...keys.slice(0, 20), ...keys.slice(1_040)];
      await Promise.all([...there, ...kept].map((key) => bench.put(key, 'x')));

      const refused = await bench.storage.deleteAll([...keys, `${bench.home}/run`]);

      expect([...refused]).toEqual([]);
      expect(await bench.keys(`${bench.home}/`)).toEqual(kept);
    });

    it('deletes nothing when there is nothing, or when one is no key', async () => {
      await bench.put(`${bench.home}/file`, 'x');

      expect((await bench.storage.deleteAll([])).size).toBe(0);
      await expect(bench.storage.deleteAll([`${bench.home}/file`, '../file'])).rejects.toThrow(InvalidStorageKeyError);

      expect(await bench.keys(`${bench.home}/`)).toEqual([`${bench.home}/file`]);
    });
  });

  describe('uploads that were left behind', () => {
    it('are found by their keys, with the time that they were last seen', async () => {
      const key = `${bench.home}/attempt/file.bin`;
      await killDuringPut({ kind: bench.test.kind, key, megabytes: 12 });

      const found = await uploads();

      expect(found).toMatchObject([{ key, id: expect.stringMatching(/./) }]);
      expect(Math.abs(Date.now() - found[0]!.lastSeenAt.getTime())).toBeLessThan(60_000);
      expect(await uploads(`${bench.home}/att`)).toHaveLength(1);
      expect(await uploads(`${bench.home}/attempt/file.bin.`)).toEqual([]);
    });

    it('are removed one by one, beside others that are under way to the same key', async () => {
      const key = `${bench.home}/attempt/file.bin`;
      await killDuringPut({ kind: bench.test.kind, key, megabytes: 12 });
      const [left] = await uploads();
      const underWay = await beginPut(key);

      const removed = [await bench.storage.discardUpload(left!), await bench.storage.discardUpload(left!)];
      underWay.finish();

      expect(removed).toEqual([true, false]);
      expect(await underWay.done).toBe(11 * MB + KB);
      expect((await bench.storage.stat(key)).size).toBe(11 * MB + KB);
      expect(await uploads()).toEqual([]);
    });

    it('fail when they were not left behind at all', async () => {
      const key = `${bench.home}/file.bin`;
      const underWay = await beginPut(key);
      const [found] = await uploads();

      expect(await bench.storage.discardUpload(found!)).toBe(true);
      underWay.finish();

      await expect(underWay.done).rejects.toThrow();
      await bench.expectNothing(bench.home);
    });

    it('are none once they have ended', async () => {
      const key = `${bench.home}/file.bin`;
      const underWay = await beginPut(key);
      const [found] = await uploads();
      underWay.finish();
      await underWay.done;

      expect(await bench.storage.discardUpload(found!)).toBe(false);

      expect((await bench.storage.stat(key)).size).toBe(11 * MB + KB);
      expect(await uploads()).toEqual([]);
    });
  });
}
