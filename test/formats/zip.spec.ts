import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
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

/** What Python finds in a zip: of each entry its name, size, moment and first bytes. It verifies each checksum where an entry ends. */
const READ = `
import json, sys, zipfile
entries = []
with zipfile.ZipFile(sys.argv[1]) as archive:
    for i in archive.infolist():
        with archive.open(i) as content:
            first = content.read(20)
            while content.read(65536): pass
        entries.append([i.filename, i.file_size, i.compress_type, list(i.date_time), first.decode()])
print(json.dumps(entries))`;

describeWith(['python'], 'zip', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zip-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function readBack(entries: readonly ZipEntry[], moment?: Date): Promise<unknown> {
    const path = join(folder, 'archive.zip');
    const file = await open(path, 'w');
    // A write for each of many small records would take most of the time.
    await pipeline(rechunk(zip(entries, moment), 1024 * 1024), file.createWriteStream());
    const { stdout } = await run('python3', ['-c', READ, path], { maxBuffer: 64 * 1024 * 1024 });
    return JSON.parse(stdout);
  }

  const textEntry = (name: string, text: string, compressionLevel: 0 | 1 | 6): ZipEntry => ({
    name,
    compressionLevel,
    open: () => [Buffer.from(text)],
  });

  it('writes compressed and stored entries that Python reads back', async () => {
    const moment = new Date('2026-11-21T04:05:06Z');

    const entries = await readBack(
      [textEntry('a.txt', 'plain', 0), textEntry('folder/ім’я 🦊.txt', 'packed', 1), textEntry('empty', '', 6)],
      moment,
    );

    const at = [2026, 11, 21, 4, 5, 6];
    expect(entries).toEqual([
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
    const entries = Array.from({ length: 65_536 }, (_, index) => textEntry(`${index}`, 'x', 0));

    expect(await readBack(entries)).toHaveLength(65_536);
  });

  it('writes entries and offsets beyond four bytes', async () => {
    const chunk = Buffer.alloc(8 * 1024 * 1024, 'zeros and ones ');
    const large: ZipEntry = {
      name: 'large',
      compressionLevel: 1,
      open: function* () {
        for (let count = 0; count < 520; count += 1) yield chunk;
      },
    };

    const entries = await readBack([large, textEntry('after', 'it', 0)]);

    expect(entries).toMatchObject([
      ['large', 520 * chunk.length, 8, expect.anything(), 'zeros and ones zeros'],
      ['after', 2, 0, expect.anything(), 'it'],
    ]);
  });
});
