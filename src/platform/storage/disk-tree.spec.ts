import { mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inFolder, makeFolder } from './disk-tree';

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
