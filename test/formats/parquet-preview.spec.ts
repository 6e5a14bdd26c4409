import { ParquetWriter } from '../../src/formats/parquet/parquet.writer';
import { MAX_ROWS_BYTES, readParquetRows } from '../../web/console/pages/exports/preview/parquet-rows';
import { hostileTable } from '../support/hostile-values';
import { readParquet } from '../support/parquet';
import { RenderingDatabase } from '../support/rendering';

const ROWS = 20;

let rendering: RenderingDatabase;
beforeAll(async () => {
  rendering = await RenderingDatabase.create();
});
afterAll(() => rendering.remove());

/** A file that counts the bytes which are read of it. */
class CountedFile {
  readBytes = 0;
  reads = 0;

  constructor(private readonly bytes: Buffer) {}

  get size(): number {
    return this.bytes.length;
  }

  read(start: number, end: number): Promise<ArrayBuffer> {
    this.reads += 1;
    this.readBytes += end - start;
    return Promise.resolve(new Uint8Array(this.bytes.subarray(start, end)).buffer);
  }
}

async function write(table: string): Promise<CountedFile & { readonly all: Buffer }> {
  const { bytes } = await rendering.write(new ParquetWriter(), [table]);
  return Object.assign(new CountedFile(bytes), { all: bytes });
}

describe('readParquetRows', () => {
  it('shows every value of every type as PostgreSQL writes it', async () => {
    const hostile = await hostileTable(rendering);
    const file = await write(hostile.name);

    const { columns, rows, leftOut } = await readParquetRows(file, hostile.texts.length);

    const { hyparquet: expected } = await readParquet(file.all);
    expect(columns.map(({ name }) => name)).toEqual(['id', ...hostile.columns]);
    expect(columns.find(({ name }) => name === 'a_uuid')?.type).toBe('uuid');
    expect(leftOut).toBe(0);
    const reals = hostile.columns.indexOf('a_real') + 1;
    expect(rows.map((row) => row.map((text, index) => (index === reals ? toReal(text) : text)))).toEqual(
      expected.map((row) => row.map((text, index) => (index === reals ? toReal(text) : shortened(text)))),
    );
  });

  it('reads the footer and the first row group, and nothing else of a large file', async () => {
    await rendering.sql(
      `CREATE VIEW many AS SELECT n AS id, md5(n::text) || md5((-n)::text) AS note FROM generate_series(1, 300000) AS n`,
    );
    const file = await write('many');

    const { rows, isComplete, columns } = await readParquetRows(file, ROWS);

    expect(rows.map(([id]) => id)).toEqual(Array.from({ length: ROWS }, (_, index) => String(index + 1)));
    expect(columns.map(({ type }) => type)).toEqual(['integer', 'text']);
    expect(isComplete).toBe(false);
    expect(file.size).toBeGreaterThan(10_000_000);
    expect(file.readBytes).toBeLessThan(file.size / 2);
    expect(file.reads).toBe(2);
  });

  it('leaves out the columns for which too many bytes would be loaded', async () => {
    await rendering.sql(
      `CREATE VIEW wide AS SELECT n AS id, '' AS note,
         (SELECT string_agg(md5(n::text || k), '') FROM generate_series(1, 40) k) AS large, n AS last
       FROM generate_series(1, 20000) AS n`,
    );
    const file = await write('wide');

    const { columns, rows, leftOut } = await readParquetRows(file, ROWS);

    expect(columns.map(({ name }) => name)).toEqual(['id', 'note']);
    expect({ leftOut, rows: rows.length }).toEqual({ leftOut: 2, rows: ROWS });
    expect(file.readBytes).toBeLessThan(MAX_ROWS_BYTES);
  });

  it('shows a small file whole, and the columns of a table without rows', async () => {
    await rendering.sql(
      'CREATE TABLE none (id int, note text)',
      'CREATE TABLE two (id int, note text)',
      `INSERT INTO two VALUES (1, NULL), (2, repeat('x', 2000))`,
    );

    expect(await readParquetRows(await write('none'), ROWS)).toMatchObject({
      columns: [{ name: 'id' }, { name: 'note' }],
      rows: [],
      isComplete: true,
    });
    expect(await readParquetRows(await write('two'), ROWS)).toMatchObject({
      rows: [
        ['1', null],
        ['2', `${'x'.repeat(1000)}…`],
      ],
      hasShortened: true,
      isComplete: false,
    });
  });
});

/** PostgreSQL writes fewer digits of the same number. */
function toReal(text: string | null | undefined): number | null {
  return text == null ? null : Math.fround(Number(text));
}

function shortened(text: string | null): string | null {
  return text !== null && text.length > 1000 ? `${text.slice(0, 1000).replace(/[\ud800-\udbff]$/, '')}…` : text;
}
