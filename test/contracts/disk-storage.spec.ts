import { access, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskStorage } from '../../src/platform/storage/disk-storage';
import type { FileStorage } from '../../src/platform/storage/file-storage';
import { bytes } from '../support/bytes';
import { until } from '../support/until';
import { describeFileStorage } from './file-storage.contract';

const publicUrl = 'https://exports.example.org/base';

describeFileStorage('DiskStorage', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'disk-storage-'));
  const settings = { directory, publicUrl };
  return {
    storage: new DiskStorage(settings),
    kind: { adapter: 'disk', settings },
    unfinishedUploads: async (prefix) => {
      const entries = await readdir(join(directory, '.uploads'), { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      return files.filter((file) => file.startsWith(join(directory, '.uploads', prefix)));
    },
    end: () => rm(directory, { recursive: true }),
  };
});

describe('DiskStorage', () => {
  let directory: string;
  let storage: FileStorage;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'disk-storage-'));
    storage = new DiskStorage({ directory: join(directory, 'made', 'here'), publicUrl });
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('removes empty folders', async () => {
    await storage.put('a/b/c/file', bytes(10), { contentType: 'text/plain' });
    await storage.put('a/file', bytes(10), { contentType: 'text/plain' });

    await storage.delete('a/b/c/file');

    expect(await readdir(join(directory, 'made', 'here', 'a'))).toEqual(['file']);
    expect(await readdir(join(directory, 'made', 'here', '.uploads'))).toEqual([]);
  });

  it('does not report files as removed when the storage goes away meanwhile', async () => {
    const folder = join(directory, 'made', 'here');
    const remaining = () =>
      readdir(join(folder, 'exports')).then(
        (names) => names.length,
        () => 0,
      );
    const keys = Array.from({ length: 60 }, (_, number) => `exports/${number}/file`);
    // Each round interrupts the removal at another step.
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(keys.map((key) => storage.put(key, bytes(1), { contentType: 'text/plain' })));
      const outcome = storage.discard('exports/').then(
        () => 'removed',
        () => 'refused',
      );
      await until('the removal has begun', async () => (await remaining()) < keys.length, { every: 0 });
      await rename(folder, `${folder}.away`);
      const reported = await outcome;
      await rename(`${folder}.away`, folder);

      const areLeft = (await remaining()) > 0;
      expect({ reported, areLeft }).not.toEqual({ reported: 'removed', areLeft: true });
    }
  });

  it('has no URL for a file', async () => {
    await storage.put('file', bytes(10), { contentType: 'text/plain' });

    expect(await storage.link('file', { fileName: 'a', contentType: 'text/plain', expiresInSeconds: 60 })).toBeNull();
  });

  it('detects that it is not writable', async () => {
    const file = join(directory, 'file');
    await writeFile(file, 'not a folder');

    await expect(new DiskStorage({ directory: file, publicUrl }).check()).rejects.toThrow();
    await expect(storage.check()).resolves.toBeUndefined();
    await expect(access(join(directory, 'made', 'here'))).resolves.toBeUndefined();
  });

  it.each([
    ['https://exports.example.org/base/assets/x/y.png', 'assets/x/y.png'],
    ['https://exports.example.org:443/base/assets/y.png?v=1#top', 'assets/y.png'],
    ['HTTPS://EXPORTS.example.org/base/assets/%79.png', 'assets/y.png'],
    ['https://exports.example.org/assets/y.png', null],
    ['https://exports.example.org/base/exports/1/secret.csv', null],
    ['https://exports.example.org/base/assets/../exports/1/secret.csv', null],
    ['https://exports.example.org/base/assets/%2e%2e/exports/1/secret.csv', null],
    ['https://exports.example.org/base/assets/..%2fexports%2f1%2fsecret.csv', null],
    ['https://exports.example.org/base/assets/%252e%252e/secret.csv', null],
    ['https://exports.example.org/base/assets/a%00.png', null],
    ['https://exports.example.org/base/assets/%E0%A4%A', null],
    ['https://exports.example.org/base/assets/', null],
    ['https://exports.example.org/base/assets\\..\\..\\x', null],
    ['http://exports.example.org/base/assets/y.png', null],
    ['https://exports.example.org:8443/base/assets/y.png', null],
    ['https://user@exports.example.org/base/assets/y.png', null],
    ['https://exports.example.org.evil.net/base/assets/y.png', null],
    ['https://evil.net/https://exports.example.org/base/assets/y.png', null],
    ['file:///base/assets/y.png', null],
    ['/base/assets/y.png', null],
    ['data:image/png;base64,AAAA', null],
    ['', null],
  ])('maps the path %s to the key %s', (url, key) => {
    expect(storage.keyOf(url)).toBe(key);
  });
});
