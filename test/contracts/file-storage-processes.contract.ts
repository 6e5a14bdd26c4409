import { KB, MB } from '../support/bytes';
import type { FileStorageBench } from '../support/file-storage-bench';
import { killDuringPut, memoryOfPut } from '../support/put-process';

/** What becomes of a storage whose processes are killed, and what memory they need. */
export function describeOtherProcesses(bench: FileStorageBench): void {
  describe('in a process of its own', () => {
    it('holds a few parts in memory, however long the body is', async () => {
      const key = `${bench.home}/long.bin`;

      const grown = await memoryOfPut({ kind: bench.kind, key, megabytes: 200 });

      expect((await bench.storage.stat(key)).size).toBe(200 * MB);
      expect(grown).toBeGreaterThan(0);
      expect(grown).toBeLessThan(100 * MB);
    });

    it('shows no file of a killed process and deletes its remains', async () => {
      const key = `${bench.home}/attempt/file.bin`;

      await killDuringPut({ kind: bench.kind, key, megabytes: 40 });

      expect(await bench.keys(`${bench.home}/`)).toEqual([`${key}.first`]);
      expect(await bench.test.unfinishedUploads(bench.home)).toHaveLength(1);

      expect(await bench.storage.discard(`${bench.home}/attempt/`)).toBe(2);

      await bench.expectNothing(bench.home);
    });

    it('lists abandoned uploads by their keys with the time of their last activity', async () => {
      const key = `${bench.home}/attempt/file.bin`;
      await killDuringPut({ kind: bench.kind, key, megabytes: 12 });

      const found = await bench.uploads();

      expect(found).toMatchObject([{ key, id: expect.stringMatching(/./) }]);
      expect(Math.abs(Date.now() - found[0]!.lastSeenAt.getTime())).toBeLessThan(60_000);
      expect(await bench.uploads(`${bench.home}/att`)).toHaveLength(1);
      expect(await bench.uploads(`${bench.home}/attempt/file.bin.`)).toEqual([]);
    });

    it('deletes abandoned uploads one by one, without affecting running ones to the same key', async () => {
      const key = `${bench.home}/attempt/file.bin`;
      await killDuringPut({ kind: bench.kind, key, megabytes: 12 });
      const [left] = await bench.uploads();
      const underWay = await bench.beginPut(key);

      const removed = [await bench.storage.discardUpload(left!), await bench.storage.discardUpload(left!)];
      underWay.finish();

      expect(removed).toEqual([true, false]);
      expect(await underWay.done).toBe(11 * MB + KB);
      expect((await bench.storage.stat(key)).size).toBe(11 * MB + KB);
      expect(await bench.uploads()).toEqual([]);
    });
  });
}
