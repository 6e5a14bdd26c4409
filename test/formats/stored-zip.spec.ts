import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { type PlacedEntry, readStoredZip, type StoredZip, StoredZipLayout } from '../../src/formats/zip/stored-zip';

const run = promisify(execFile);
const MOMENT = new Date('2026-11-21T04:05:06Z');

/** What Python finds: of each entry its name, size, and what it reads without the directory and with it. */
const READ = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    if sys.argv[2] == 'whole': assert archive.testzip() is None
    entries = [[i.filename, i.file_size, i.compress_type, list(i.date_time), archive.open(i).read(20).decode()] for i in archive.infolist()]
print(json.dumps(entries))`;

/** A zip of texts. */
function zipOf(texts: Readonly<Record<string, string>>) {
  const layout = new StoredZipLayout();
  const entries = Object.entries(texts).map(([name, text]) => {
    const bytes = Buffer.from(text);
    return { ...layout.place({ name, size: bytes.length, crc32: crc32(bytes) }), bytes };
  });
  const zip: StoredZip = {
    modifiedAt: MOMENT,
    // eslint-disable-next-line @typescript-eslint/require-await -- entries that are there at once
    async *entriesAt(position) {
      yield* entries.slice(
        Math.max(
          0,
          entries.findLastIndex(({ zipOffset }) => zipOffset <= position),
        ),
      );
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- bytes that are there at once
    async *open({ name }, { start, end }) {
      yield entries.find((entry) => entry.name === name)!.bytes.subarray(start, end + 1);
    },
  };
  return { zip, size: layout.size };
}

async function read(zip: StoredZip, start: number, end: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readStoredZip(zip, { start, end })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('A zip of stored files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stored-zip-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const TEXTS = {
    'notes-00001.csv': 'id\n1\n',
    'day=2026-11-21/ім’я-00002.csv': 'id\n2\n',
    empty: '',
    'manifest.json': '{}',
  };

  it('has the length of its layout, and Python reads it', async () => {
    const { zip, size } = zipOf(TEXTS);
    const bytes = await read(zip, 0, size - 1);
    expect(bytes.length).toBe(size);
    const file = await open(join(folder, 'small.zip'), 'w');
    await file.writeFile(bytes);
    await file.close();

    const { stdout } = await run('python3', ['-c', READ, join(folder, 'small.zip'), 'whole']);

    const expected = Object.entries(TEXTS).map(([name, text]) => {
      return [name, Buffer.byteLength(text), 0, [2026, 11, 21, 4, 5, 6], text];
    });
    expect(JSON.parse(stdout)).toEqual(expected);
  });

  it('has the same bytes in any range', async () => {
    const { zip, size } = zipOf(TEXTS);
    const whole = await read(zip, 0, size - 1);
    for (let start = 0; start < size; start += 1) {
      for (const end of [start, start + 1, start + 45, start + 170, size - 1].filter((last) => last < size)) {
        expect((await read(zip, start, end)).equals(whole.subarray(start, end + 1))).toBe(true);
      }
    }
  });

  it('can be read without its directory', async () => {
    const { zip, size } = zipOf(TEXTS);
    const file = await open(join(folder, 'streamed.zip'), 'w');
    await file.writeFile(await read(zip, 0, size - 1));
    await file.close();

    // jar reads entries by their local headers alone, and so does bsdtar; Python can be made to.
    const { stdout } = await run('python3', ['-c', READ_HEADERS, join(folder, 'streamed.zip')]);

    expect(JSON.parse(stdout)).toEqual(Object.entries(TEXTS).map(([name, text]) => [name, text]));
  });

  it('holds more than four gigabytes, in an entry and before it', async () => {
    const layout = new StoredZipLayout();
    const large = { name: 'large', size: 4_500_000_000, crc32: 0 };
    const last = { name: 'last', size: 2, crc32: crc32('{}') };
    const entries: PlacedEntry[] = [layout.place(large), layout.place(large), layout.place(last)];
    const path = join(folder, 'large.zip');
    const file = await open(path, 'w');
    const zip: StoredZip = {
      modifiedAt: MOMENT,
      // eslint-disable-next-line @typescript-eslint/require-await -- entries that are there at once
      async *entriesAt(position) {
        yield* entries.slice(entries.findLastIndex(({ zipOffset }) => zipOffset <= position));
      },
      // eslint-disable-next-line @typescript-eslint/require-await -- nothing is read of the large entries
      async *open({ name }) {
        if (name === 'last') yield Buffer.from('{}');
      },
    };
    // The content of the large entries is a hole in the file.
    let at = 0;
    for (const { zipOffset, name, size } of entries) {
      const header = await read(zip, zipOffset, zipOffset + (name === 'last' ? 34 + size : 55) - 1);
      await file.write(header, 0, header.length, zipOffset);
      at = zipOffset + (name === 'last' ? 34 + size : 55 + size);
    }
    const directory = await read(zip, at, layout.size - 1);
    await file.write(directory, 0, directory.length, at);
    await file.close();

    const { stdout } = await run('python3', ['-c', READ, path, 'start']);

    const zeros = '\0'.repeat(20);
    expect((JSON.parse(stdout) as unknown[][]).map(([name, size, , , text]) => [name, size, text])).toEqual([
      ['large', large.size, zeros],
      ['large', large.size, zeros],
      ['last', 2, '{}'],
    ]);
  });
});

/** Reads the local headers one after the other (APPNOTE 4.3.7), without flags for sizes that follow. */
const READ_HEADERS = `
import json, struct, sys
data = open(sys.argv[1], 'rb').read()
at, entries = 0, []
while data[at:at+4] == b'PK\\x03\\x04':
    _, flags, method, _, _, crc, size, _, name, extra = struct.unpack('<HHHHHIIIHH', data[at+4:at+30])
    assert flags == 1 << 11 and method == 0
    start = at + 30 + name + extra
    entries.append([data[at+30:at+30+name].decode(), data[start:start+size].decode()])
    at = start + size
print(json.dumps(entries))`;
