import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inFolder, makeFolder, writeUpload } from './disk-tree';

describe('inFolder', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'disk-tree-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('creates the folder again when it is removed concurrently', async () => {
    const folder = join(root, 'a', 'b');
    let removals = 2;

    await inFolder(folder, makeFolder, async () => {
      if (removals-- > 0) await rmdir(folder);
      await writeFile(join(folder, 'file'), 'x', { flag: 'wx' });
    });

    expect(removals).toBe(-1);
  });

  it('fails if a file has the path of the folder', async () => {
    await writeFile(join(root, 'a'), 'a file');

    const done = inFolder(join(root, 'a', 'b'), makeFolder, () => Promise.resolve());

    await expect(done).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

describe('writeUpload', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'disk-tree-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    ['nothing', []],
    ['less than a batch', [1, 0, 10]],
    ['exactly a batch', [1024 * 1024]],
    ['chunks of any size', Array.from({ length: 700 }, (_, index) => (index * 7919) % 120_000)],
    ['a chunk of several batches', [3, 5_000_000, 3]],
  ])('writes all bytes in order: %s', async (_what, sizes) => {
    const hash = createHash('sha256');
    async function* chunks() {
      for (const size of sizes) {
        await Promise.resolve();
        const chunk = randomBytes(size);
        hash.update(chunk);
        yield chunk;
      }
    }

    const size = await writeUpload(join(folder, 'uploads', 'file'), chunks());

    const file = await readFile(join(folder, 'uploads', 'file'));
    expect([size, file.length]).toEqual([sizes.reduce((sum, bytes) => sum + bytes, 0), size]);
    expect(createHash('sha256').update(file).digest('hex')).toBe(hash.digest('hex'));
  });

  it('fails with the error of the body, although a batch is still written', async () => {
    async function* chunks() {
      await Promise.resolve();
      yield Buffer.alloc(2_000_000);
      throw new Error('The rows broke off');
    }

    await expect(writeUpload(join(folder, 'file'), chunks())).rejects.toThrow('The rows broke off');
  });
});
