import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskReader } from './disk-reader';

const BYTES = Buffer.from(Array.from({ length: 500_000 }, (_, index) => index % 251));
const WHOLE = { start: 0, end: BYTES.length - 1 };

describe('DiskReader', () => {
  let folder: string;
  let path: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'disk-reader-'));
    path = join(folder, 'file');
    await writeFile(path, BYTES);
  });

  afterAll(() => rm(folder, { recursive: true }));

  /** A real file, which notes its reads. */
  async function openNoted() {
    const file = await open(path);
    const noted = { running: 0, most: 0, isClosed: false };
    const read = async (...args: [Buffer, number, number, number]) => {
      noted.most = Math.max(noted.most, (noted.running += 1));
      const result = await file.read(...args);
      noted.running -= 1;
      return result;
    };
    const close = () => {
      noted.isClosed = true;
      return file.close();
    };
    return { file: { read, close } as unknown as typeof file, noted };
  }

  async function readAll(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const chunk of chunks) parts.push(Buffer.from(chunk));
    return Buffer.concat(parts);
  }

  it.each([
    [WHOLE, BYTES.length],
    [{ start: 131_071, end: 131_072 }, 2],
    [{ start: 0, end: 262_143 }, 262_144],
    [{ start: 499_999, end: 499_999 }, 1],
    [{ start: 0, end: -1 }, 0],
  ])('reads the bytes %j', async (range, length) => {
    const { file, noted } = await openNoted();

    const read = await readAll(new DiskReader().read(file, range));

    expect(read.equals(BYTES.subarray(range.start, range.end + 1))).toBe(true);
    expect([read.length, noted.isClosed]).toEqual([length, true]);
  });

  it('closes the file when its reader leaves early, and when reading fails', async () => {
    const sut = new DiskReader();
    const [left, broken] = [await openNoted(), await openNoted()];
    broken.file.read = () => Promise.reject(new Error('EIO'));

    for await (const chunk of sut.read(left.file, WHOLE)) if (chunk.length > 0) break;
    await expect(readAll(sut.read(broken.file, WHOLE))).rejects.toThrow('EIO');

    expect([left.noted.isClosed, broken.noted.isClosed]).toEqual([true, true]);
    expect(await readAll(sut.read((await openNoted()).file, WHOLE))).toHaveLength(BYTES.length);
  });

  it('runs two reads at a time, and gives every reader its turn', async () => {
    const sut = new DiskReader();
    const log: string[] = [];
    const names = ['a', 'b', 'c', 'd', 'e'];
    const { file, noted } = await openNoted();
    const all = names.map((name) => {
      const read = (...args: [Buffer, number, number, number]) => {
        log.push(name);
        return file.read(...args);
      };
      return readAll(sut.read({ read, close: () => Promise.resolve() } as unknown as typeof file, WHOLE));
    });

    await Promise.all(all);

    expect(noted.most).toBe(2);
    expect(log.slice(0, names.length)).toEqual(names);
    await file.close();
  });
});
