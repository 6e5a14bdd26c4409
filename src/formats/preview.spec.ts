import { gzipSync } from 'node:zlib';
import type { ExportOptions } from './options';
import type { RowsPreview } from './preview';
import { type ExportFormat, previewRows } from './registry';

const CONTENT_TYPES: Partial<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
};

interface Reading {
  readonly options?: ExportOptions;
  readonly maxRows?: number;
  readonly maxBytes?: number;
  /** Where the bytes are divided into chunks. */
  readonly borders?: readonly number[];
  readonly isWhole?: boolean;
  readonly contentType?: string;
}

async function* inChunks(bytes: Buffer, borders: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...borders, bytes.length];
  let start = 0;
  for (const end of ends) {
    await Promise.resolve();
    yield bytes.subarray(start, end);
    start = end;
  }
}

function read(format: ExportFormat, content: string | Buffer, reading: Reading = {}): Promise<RowsPreview> {
  const { options = {}, maxRows = 200, maxBytes = 1_000_000, borders = [], isWhole = true } = reading;
  const { contentType = CONTENT_TYPES[format]! } = reading;
  const start = inChunks(Buffer.from(content), borders);
  const preview = previewRows({ format, contentType, options, start, isWhole }, { maxRows, maxBytes });
  if (!preview) throw new Error('There is no preview');
  return preview;
}

/** A generator of the same numbers on every run (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const PIECES = [
  '"',
  '""',
  ',',
  ';',
  '\n',
  '\r\n',
  'ї',
  '漢字',
  '👩‍🚀',
  '\ufeff',
  "'=1+1",
  ' ',
  '\\',
  '\\u00',
  '{',
  '}',
  'null',
  'a',
];

function randomCell(next: (below: number) => number): string | null {
  if (next(6) === 0) return null;
  return Array.from({ length: next(6) }, () => PIECES[next(PIECES.length)]).join('');
}

function randomBorders(next: (below: number) => number, size: number): number[] {
  return Array.from({ length: next(12) }, () => next(size + 1)).sort((one, other) => one - other);
}

function toCsvField(cell: string | null, delimiter: string): string {
  if (cell === null) return '';
  return cell === '' || /["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

describe('The preview of a CSV', () => {
  it('has the cells of the file wherever its bytes are divided', async () => {
    for (const seed of SEEDS) {
      const next = random(seed);
      const delimiter = [',', ';', '|', '\t'][next(4)]!;
      const columns = Array.from({ length: 1 + next(5) }, (_, index) => `${index}${PIECES[next(PIECES.length)]!}`);
      const rows = Array.from({ length: next(8) }, () => columns.map(() => randomCell(next)));
      const lines = [columns, ...rows].map((cells) => cells.map((cell) => toCsvField(cell, delimiter)).join(delimiter));
      const bytes = Buffer.from(`${next(2) ? '\ufeff' : ''}${lines.map((line) => `${line}\n`).join('')}`);
      const borders = randomBorders(next, bytes.length);

      const preview = await read('csv', bytes, { options: { delimiter }, borders });

      expect({ seed, ...preview }).toEqual({ seed, columns, rows, isComplete: true, truncatedCells: [] });
    }
  });

  it('shows the columns of one header where the file has two', async () => {
    const preview = await read('csv', 'Name,Result\nname,result\nAnn,7\n', { options: { header: 'both' } });

    expect(preview).toMatchObject({ columns: ['Name', 'Result'], rows: [['Ann', '7']] });
  });

  it('distinguishes a null from an empty text, also in a table of one column', async () => {
    expect(await read('csv', 'a\n\n""\n')).toMatchObject({ rows: [[null], ['']] });
  });

  it.each([
    ['as many rows as requested', 2, false],
    ['all rows', 3, true],
  ])('has %s and says whether there are more', async (_, maxRows, isComplete) => {
    for (const borders of [[], [4], [6], [8]]) {
      const preview = await read('csv', 'a\n1\n2\n3\n', { maxRows, borders });
      expect(preview).toMatchObject({ rows: [['1'], ['2'], ['3']].slice(0, maxRows), isComplete });
    }
  });

  it('stops reading after the requested rows', async () => {
    let read = 0;
    const start = (async function* () {
      yield Buffer.from('a\n');
      for (; ; read += 1) yield await Promise.resolve(Buffer.from(`${read}\n`));
    })();

    const file = { format: 'csv', contentType: 'text/csv; charset=utf-8', options: {}, start, isWhole: false } as const;
    await previewRows(file, { maxRows: 5, maxBytes: 1_000 });

    expect(read).toBe(5);
  });

  it('shortens long cells at a whole character and names them', async () => {
    const preview = await read('csv', `a,b\n"${'x'.repeat(999)}👩${'y'.repeat(5)}",2\n`);

    expect(preview.rows).toEqual([[`${'x'.repeat(999)}…`, '2']]);
    expect(preview).toMatchObject({ truncatedCells: [{ row: 0, column: 0 }], isComplete: false });
  });

  it('shows the start of a row that is longer than the bytes it may read', async () => {
    const preview = await read('csv', `a,b,c\n1,2,3\n4,"${'ї'.repeat(2_000)}`, { maxBytes: 102, isWhole: false });

    expect(preview.rows).toEqual([
      ['1', '2', '3'],
      ['4', expect.stringMatching(/^ї{43}…$/), '…'],
    ]);
    expect(preview.truncatedCells).toEqual([
      { row: 1, column: 1 },
      { row: 1, column: 2 },
    ]);
  });
});

describe('The preview of NDJSON', () => {
  it('has the members of the objects wherever the bytes are divided', async () => {
    for (const seed of SEEDS) {
      const next = random(seed);
      const rows = Array.from({ length: 1 + next(8) }, () => Array.from({ length: 3 }, () => randomCell(next)));
      const names = ['id', 'ім’я "x"', 'a'.repeat(100)];
      const lines = rows.map(
        (cells) =>
          `{${cells.map((cell, index) => `${JSON.stringify(names[index])}:${JSON.stringify(cell)}`).join(',')}}\n`,
      );
      const bytes = Buffer.from(lines.join(''));

      const preview = await read('ndjson', bytes, { borders: randomBorders(next, bytes.length) });

      expect({ seed, ...preview }).toMatchObject({ seed, columns: names, rows, isComplete: true });
    }
  });

  it('keeps all digits, and shows nested values as the file has them', async () => {
    const line = '{"n":12345678901234567890.10,"t":true,"j":{"a": [1, "}"]},"__proto__":"p","e":"\\u0457\\n"}\n';

    expect(await read('ndjson', line)).toMatchObject({
      columns: ['n', 't', 'j', '__proto__', 'e'],
      rows: [['12345678901234567890.10', 'true', '{"a": [1, "}"]}', 'p', 'ї\n']],
    });
  });

  it('has the columns of all tables', async () => {
    expect(await read('ndjson', '{"_table":"a","x":1}\n{"_table":"b","y":2}\n')).toMatchObject({
      columns: ['_table', 'x', 'y'],
      rows: [
        ['a', '1', null],
        ['b', null, '2'],
      ],
    });
  });

  it('shows the start of a row, wherever the bytes that it may read end', async () => {
    const line = '{"a":"\\\\x\\u0457 \\"ї","b":12}\n';
    const bytes = Buffer.from(line);

    for (let maxBytes = 6; maxBytes < bytes.length - 1; maxBytes += 1) {
      const { rows, isComplete } = await read('ndjson', line, { maxBytes, isWhole: false });
      expect('\\xї "ї').toContain(rows[0]![0]!.replace(/…$/, ''));
      expect(isComplete).toBe(false);
    }
  });
});

describe('The preview of a compressed file', () => {
  const content = `a\n${Array.from({ length: 20_000 }, (_, index) => `${index}\n`).join('')}`;
  const gzip = gzipSync(content);

  it.each([1, 200])('needs only the start of the file for %i rows, or has fewer', async (maxRows) => {
    const start = gzip.subarray(0, 100);

    const preview = await read('csv', start, { contentType: 'application/gzip', maxRows, isWhole: false });

    expect(preview.rows[0]).toEqual(['0']);
    expect(preview).toMatchObject({ columns: ['a'], isComplete: false });
  });

  it('reads no more than the limit, however well it is compressed', async () => {
    const zeros = gzipSync(`a\n${'0'.repeat(50_000_000)}\n`);

    const preview = await read('csv', zeros, { contentType: 'application/gzip', maxBytes: 100_000 });

    expect(preview.rows).toEqual([[`${'0'.repeat(1_000)}…`]]);
    expect(preview.isComplete).toBe(false);
  });
});

it.each<[string, ExportFormat, string]>([
  ['a zip of several tables', 'csv', 'application/zip'],
  ['a workbook', 'xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['compressed JSON', 'json', 'application/gzip'],
])('There is no preview of %s', (_, format, contentType) => {
  const file = { format, contentType, options: {}, start: inChunks(Buffer.alloc(0), []), isWhole: true };

  expect(previewRows(file, { maxRows: 1, maxBytes: 1 })).toBeNull();
});
