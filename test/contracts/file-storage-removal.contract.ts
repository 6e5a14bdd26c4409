import { InvalidStorageKeyError } from '../../src/platform/storage/storage-key';
import { KB, MB } from '../support/bytes';
import type { FileStorageBench } from '../support/file-storage-bench';

/** How much is removed at once, and what was left behind. */
export function describeRemoval(bench: FileStorageBench): void {
  describe('deleting several files', () => {
    it('deletes each existing one and nothing else', async () => {
      const keys = Array.from({ length: 1_050 }, (_, n) => `${bench.home}/run/${n}/file`);
      const kept = [`${bench.home}/run/1/file.csv`, `${bench.home}/run/1050/file`];
      const there = [...keys.slice(0, 20), ...keys.slice(1_040)];
      await Promise.all([...there, ...kept].map((key) => bench.put(key, 'x')));

      const refused = await bench.storage.deleteAll([...keys, `${bench.home}/run`]);

      expect([...refused]).toEqual([]);
      expect(await bench.keys(`${bench.home}/`)).toEqual(kept);
    });

    it('deletes nothing without files, or if one key is invalid', async () => {
      await bench.put(`${bench.home}/file`, 'x');

      expect((await bench.storage.deleteAll([])).size).toBe(0);
      await expect(bench.storage.deleteAll([`${bench.home}/file`, '../file'])).rejects.toThrow(InvalidStorageKeyError);

      expect(await bench.keys(`${bench.home}/`)).toEqual([`${bench.home}/file`]);
    });
  });

  describe('deleting abandoned uploads', () => {
    it('makes an upload fail that was still running', async () => {
      const key = `${bench.home}/file.bin`;
      const underWay = await bench.beginPut(key);
      const [found] = await bench.uploads();

      expect(await bench.storage.discardUpload(found!)).toBe(true);
      underWay.finish();

      await expect(underWay.done).rejects.toThrow();
      await bench.expectNothing(bench.home);
    });

    it('finds none after they have ended', async () => {
      const key = `${bench.home}/file.bin`;
      const underWay = await bench.beginPut(key);
      const [found] = await bench.uploads();
      underWay.finish();
      await underWay.done;

      expect(await bench.storage.discardUpload(found!)).toBe(false);

      expect((await bench.storage.stat(key)).size).toBe(11 * MB + KB);
      expect(await bench.uploads()).toEqual([]);
    });
  });
}
