import { execFile } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { rechunk } from '../../src/formats/rechunk';
import { zip, type ZipEntry } from '../../src/formats/zip/zip';
import { locateStoredEntry } from '../../src/formats/zip/zip-reader';
import { centralDirectory, type WrittenEntry } from '../../src/formats/zip/zip-records';
import { describeWith } from '../support/workbooks';

const run = promisify(execFile);

interface Range {
  readonly start: number;
  readonly end: number;
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const collected: Uint8Array[] = [];
  for await (const chunk of chunks) collected.push(chunk);
  return collected;
}

/** What Python finds in a zip: of each entry its name, size, moment and content. It verifies each checksum. */
const READ = `
import json, sys, zipfile
entries = []
with zipfile.ZipFile(sys.argv[1]) as archive:
    for i in archive.infolist():
        with archive.open(i) as content:
            entries.append([i.filename, i.file_size, i.compress_type, list(i.date_time), content.read().decode()])
print(json.dumps(entries))`;

/** What Python finds in the directory of a zip, and some of the contents. */
const LIST = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    listed = [[i.filename, i.file_size, i.compress_size, i.CRC, i.header_offset] for i in archive.infolist()]
    print(json.dumps({'listed': listed, 'contents': [archive.read(name).decode() for name in sys.argv[2:]]}))`;

interface Listing {
  readonly listed: readonly (readonly [name: string, size: number, packed: number, crc: number, offset: number])[];
  readonly contents: readonly string[];
}

/** Of 520 times 8 MB of zeros, as Python's zlib computes it. */
const CRC_OF_HOLES = 0x0c0b9a78;

describeWith(['python'], 'zip', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zip-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function write(entries: readonly ZipEntry[], moment?: Date): Promise<string> {
    const path = join(folder, 'archive.zip');
    const file = await open(path, 'w');
    // A write for each of many small records would take most of the time.
    await pipeline(rechunk(zip(entries, moment), 1024 * 1024), file.createWriteStream());
    return path;
  }

  async function python(program: string, ...given: readonly string[]): Promise<unknown> {
    const { stdout } = await run('python3', ['-c', program, ...given], { maxBuffer: 64 * 1024 * 1024 });
    return JSON.parse(stdout);
  }

  const list = (path: string, names: readonly string[] = []) => python(LIST, path, ...names) as Promise<Listing>;

  const textEntry = (name: string, text: string, compressionLevel: 0 | 1 | 6): ZipEntry => ({
    name,
    compressionLevel,
    open: () => [Buffer.from(text)],
  });

  it('writes compressed and stored entries that Python reads back', async () => {
    const moment = new Date('2026-11-21T04:05:06Z');

    const path = await write(
      [textEntry('a.txt', 'plain', 0), textEntry('folder/ім’я 🦊.txt', 'packed', 1), textEntry('empty', '', 6)],
      moment,
    );

    const at = [2026, 11, 21, 4, 5, 6];
    expect(await python(READ, path)).toEqual([
      ['a.txt', 5, 0, at, 'plain'],
      ['folder/ім’я 🦊.txt', 6, 8, at, 'packed'],
      ['empty', 0, 8, at, ''],
    ]);
  });

  it('has stored entries that are found by their place', async () => {
    const entries = ['one', 'two', 'три'].map((text) => textEntry(`${text}.txt`, `content ${text}`, 0));
    const file = Buffer.concat(await collect(zip(entries)));
    const read = ({ start, end }: Range) => Promise.resolve(file.subarray(start, end + 1));
    const content = async (index: number) => {
      const found = await locateStoredEntry(index, file.length, read);
      return found && file.toString('utf8', found.start, found.end + 1);
    };

    expect([await content(0), await content(2), await content(3)]).toEqual(['content one', 'content три', null]);
  });

  it('has stored entries that are found behind four gigabytes, and among more than two bytes can count', async () => {
    const size = 100_000;
    const entries = Array.from({ length: 70_000 }, (_, index): WrittenEntry => {
      const sizes = { size, compressedSize: size, offset: index * (size + 100) };
      return { name: `page-${index}.png`, isCompressed: false, modifiedAt: new Date(), crc: 0, ...sizes };
    });
    const directoryStart = entries.length * (size + 100);
    const directory = centralDirectory(entries, directoryStart);
    const read = ({ start, end }: Range) =>
      Promise.resolve(directory.subarray(start - directoryStart, end + 1 - directoryStart));

    const last = await locateStoredEntry(69_999, directoryStart + directory.length, read);

    const start = 69_999 * (size + 100) + 30 + 'page-69999.png'.length;
    expect(last).toEqual({ start, end: start + size - 1 });
  });

  it('writes more entries than two bytes can count', async () => {
    const entries = Array.from({ length: 65_536 }, (_, index) => textEntry(`${index}`, `content ${index}`, 0));

    const path = await write(entries);
    const { listed, contents } = await list(path, ['0', '65535']);

    expect([listed.length, ...contents]).toEqual([65_536, 'content 0', 'content 65535']);
    // Python counts for itself. In the zip64 record, which other programs read, the number has eight bytes.
    const [record, locator, end] = [56, 20, 22];
    expect((await readFile(path)).subarray(-(record + locator + end)).readBigUInt64LE(32)).toBe(65_536n);
  });

  it('writes entries and offsets beyond four bytes', async () => {
    const hole = Buffer.alloc(8 * 1024 * 1024);
    const size = 520 * hole.length;
    const large: ZipEntry = { name: 'large', compressionLevel: 0, open: () => Array.from({ length: 520 }, () => hole) };
    const path = join(folder, 'large.zip');
    const file = await open(path, 'w');
    let offset = 0;
    for await (const chunk of zip([large, textEntry('after', 'it', 0)])) {
      // Zeros that are not written take no time and no room.
      if (chunk !== hole) await file.write(chunk, 0, chunk.length, offset);
      offset += chunk.length;
    }
    await file.close();

    const { listed, contents } = await list(path, ['after']);

    expect(listed).toEqual([
      ['large', size, size, CRC_OF_HOLES, 0],
      ['after', 2, 2, crc32('it'), 30 + 'large'.length + size + 24],
    ]);
    expect(contents).toEqual(['it']);
  });

  it('writes each of several numbers beyond four bytes to its place', async () => {
    const GB = 1_000_000_000;
    const entries = [
      { name: 'packed', size: 9 * GB, compressedSize: 5 * GB, crc: 1, offset: 6 * GB },
      { name: 'well packed', size: 8 * GB, compressedSize: 7, crc: 2, offset: 40 },
      { name: 'late', size: 4, compressedSize: 6, crc: 3, offset: 7 * GB },
    ];
    const written = entries.map((entry) => ({ ...entry, isCompressed: true, modifiedAt: new Date() }));
    const path = join(folder, 'directory.zip');
    const file = await open(path, 'w');
    await file.write(centralDirectory(written, 12 * GB), 0, null, 12 * GB);
    await file.close();

    const { listed } = await list(path);

    expect(listed).toEqual(
      entries.map((entry) => [entry.name, entry.size, entry.compressedSize, entry.crc, entry.offset]),
    );
  });
});
