import { ParquetWriter } from '../../src/formats/parquet/parquet.writer';
import { HOSTILE_NAMES, hostileNames } from '../support/hostile-names';
import { type HostileTable, hostileTable } from '../support/hostile-values';
import { type ParquetReport, readParquet } from '../support/parquet';
import { python } from '../support/python';
import { RenderingDatabase, type WrittenFile } from '../support/rendering';

let rendering: RenderingDatabase;
let hostile: HostileTable;
let hostileFile: WrittenFile;
let hostileReport: ParquetReport;
beforeAll(async () => {
  rendering = await RenderingDatabase.create();
  hostile = await hostileTable(rendering);
  await rendering.sql(
    'CREATE TABLE notes (note text)',
    `INSERT INTO notes VALUES (''), (NULL), ('\\N'), (E'\\\\\\\\N'), ('x'), ('')`,
    'CREATE TABLE none (id int, note text)',
    'CREATE TABLE cases (id int, "Id" text, "ID" int, "id_2" int)',
    `INSERT INTO cases VALUES (1, 'one', 2, 3)`,
    'CREATE TABLE typed (id smallint, n integer, b bigint, o oid, d numeric(12,2), w numeric, r numeric(5,-2), t numeric(3,5), x numeric(60,2))',
    `INSERT INTO typed VALUES (1, 2, 3, 4294967295, -12.5, 1e40, 12345, 0.00999, 1)`,
  );
  hostileFile = await write(hostile.name);
  hostileReport = await readParquet(hostileFile.bytes);
});
afterAll(() => rendering.remove());

const write = (...tables: string[]) => rendering.write(new ParquetWriter(), tables);

describe('ParquetWriter', () => {
  it('keeps every value of every type, as hyparquet and DuckDB read it', () => {
    const { recordCount, extension, contentType } = hostileFile;
    const { columns, hyparquet, duckdb } = hostileReport;

    expect(columns.map(({ name }) => name)).toEqual(['id', ...hostile.columns]);
    const expected = expectedRows(hostile);
    expect(hyparquet).toEqual(expected);
    expect(duckdb).toEqual(expected);
    expect({ recordCount, extension, contentType }).toEqual({
      recordCount: hostile.texts.length,
      extension: 'parquet',
      contentType: 'application/vnd.apache.parquet',
    });
  });

  it('writes null for a value that Parquet cannot hold, and counts such values by column', () => {
    const { warnings, warningCodes } = hostileFile;

    expect(warnings).toEqual([
      'In the column "a_scaled" of "hostile_values", 1 value became null: Parquet cannot hold NaN.',
      'In the column "a_date" of "hostile_values", 2 values became null: Parquet cannot hold infinity.',
      expect.stringContaining(
        '"a_timestamp" of "hostile_values", 2 values became null: Parquet cannot hold infinity, or',
      ),
      expect.stringContaining('"a_timestamptz" of "hostile_values", 2 values became null'),
    ]);
    expect(warningCodes).toEqual(Array(4).fill('value-not-representable'));
  });

  it('gives each column the type of its values, and the name of its type in PostgreSQL', async () => {
    const { columns, metadata, codecs } = await readParquet((await write('typed')).bytes);

    const types = columns.map(({ name, type, converted, precision, scale }) => {
      return [name, type, converted, ...(converted === 'DECIMAL' ? [precision, scale] : [])];
    });
    expect(types).toEqual([
      ['id', 'INT32', 'INT_16'],
      ['n', 'INT32', 'INT_32'],
      ['b', 'INT64', 'INT_64'],
      ['o', 'INT64', 'INT_64'],
      ['d', 'INT64', 'DECIMAL', 12, 2],
      ['w', 'BYTE_ARRAY', 'UTF8'],
      ['r', 'INT32', 'DECIMAL', 7, 0],
      ['t', 'INT32', 'DECIMAL', 5, 5],
      ['x', 'BYTE_ARRAY', 'UTF8'],
    ]);
    expect(JSON.parse(metadata['postgresql.types']!)).toMatchObject({
      id: 'smallint',
      d: 'numeric(12,2)',
      w: 'numeric',
    });
    expect(codecs).toEqual(['ZSTD']);
  });

  it('writes UUID, JSON, moments in UTC and moments without a time zone as such', () => {
    const { columns, metadata } = hostileReport;

    const typeOf = (wanted: string) => columns.find(({ name }) => name === wanted);
    expect(typeOf('a_uuid')).toMatchObject({ type: 'FIXED_LEN_BYTE_ARRAY', logical: 'UUID' });
    expect(typeOf('a_jsonb')).toMatchObject({ converted: 'JSON' });
    expect(typeOf('a_json')).toMatchObject({ converted: 'UTF8' });
    expect(typeOf('a_timestamp')).toMatchObject({ logical: 'TIMESTAMP' });
    expect(JSON.parse(metadata['postgresql.types']!)).toMatchObject({
      a_domain_over_domain: 'percent',
      an_enum: 'mood',
      a_text_array: 'text[]',
      a_money: 'money',
    });
  });

  it('does not depend on the time zone of the session', async () => {
    const { bytes } = await rendering.write(new ParquetWriter(), [hostile.name], {}, { timeZone: 'Europe/Kyiv' });

    expect((await readParquet(bytes)).duckdb).toEqual(expectedRows(hostile));
  });

  it('keeps column names with any characters', async () => {
    const table = await hostileNames(rendering);

    const { columns, hyparquet } = await readParquet((await write(table)).bytes);

    const renamed = new Map([
      ['case', 'case_2'],
      ['CASE', 'CASE_3'],
    ]);
    expect(columns.map(({ name }) => name)).toEqual(HOSTILE_NAMES.map((name) => renamed.get(name) ?? name));
    expect(hyparquet).toEqual([HOSTILE_NAMES.map((_, index) => String(index))]);
  });

  it('renames columns that differ only in case, and says so', async () => {
    const { bytes, warnings, warningCodes } = await write('cases');

    const { columns, duckdb } = await readParquet(bytes);
    expect(columns.map(({ name }) => name)).toEqual(['id', 'Id_2', 'ID_3', 'id_2_2']);
    expect(duckdb).toEqual([['1', 'one', '2', '3']]);
    expect(warnings[0]).toBe('The column "Id" of "cases" is named "Id_2": many readers of Parquet ignore case.');
    expect(warningCodes).toEqual(Array(3).fill('column-renamed'));
  });

  it('distinguishes empty texts and nulls in a table of one column', async () => {
    const { bytes } = await write('notes');

    expect((await readParquet(bytes)).hyparquet).toEqual([[''], [null], ['\\N'], ['\\\\N'], ['x'], ['']]);
  });

  it('writes the columns of a table without rows', async () => {
    const { bytes, recordCount } = await write('none');

    expect(await readParquet(bytes)).toMatchObject({ columns: [{ name: 'id' }, { name: 'note' }], hyparquet: [] });
    expect(recordCount).toBe(0);
  });

  it('keeps the order of the rows over several row groups', async () => {
    await rendering.sql(
      `CREATE VIEW many AS SELECT n AS id, repeat(E'a\\tb\\n', n % 20) AS note FROM generate_series(1, 130000) AS n`,
    );

    const { bytes, recordCount } = await write('many');

    const { rowGroups, hyparquet } = await readParquet(bytes);
    expect(recordCount).toBe(130_000);
    expect(rowGroups.length).toBeGreaterThan(1);
    expect(
      hyparquet.findIndex(([id, note], at) => id !== String(at + 1) || note !== 'a\tb\n'.repeat((at + 1) % 20)),
    ).toBe(-1);
  });

  it('writes several tables as a zip with a correct manifest', async () => {
    const { bytes, extension } = await write('typed', 'none', hostile.name);

    const found = await python<{ name: string; rows: number; bytes: number; start: string; size: number }[]>(
      `import io, json, sys, zipfile
archive = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
assert archive.testzip() is None
files = json.loads(archive.read('manifest.json'))['files']
print(json.dumps([{**file, 'start': archive.read(file['name'])[:4].decode(), 'size': len(archive.read(file['name']))} for file in files]))`,
      bytes,
    );
    expect(extension).toBe('zip');
    expect(found).toMatchObject([
      { name: 'typed.parquet', rows: 1, start: 'PAR1' },
      { name: 'none.parquet', rows: 0, start: 'PAR1' },
      { name: 'hostile_values.parquet', rows: hostile.texts.length, start: 'PAR1' },
    ]);
    expect(found.map(({ size }) => size)).toEqual(found.map((file) => file.bytes));
  });

  it('keeps the texts of a database with another encoding', async () => {
    const other = await RenderingDatabase.create('EUC_JP');
    try {
      await other.sql('CREATE TABLE texts (id int, note text)', `INSERT INTO texts VALUES (1, '日本'), (2, '＝日本')`);

      const { bytes } = await other.write(new ParquetWriter(), ['texts']);

      expect((await readParquet(bytes)).duckdb).toEqual([
        ['1', '日本'],
        ['2', '＝日本'],
      ]);
    } finally {
      await other.remove();
    }
  });
});

/** What arrays and composites are: JSON. */
const STRUCTURES = ['a_text_array', 'a_number_array', 'a_json_array', 'a_composite'];
const UNHELD: Readonly<Record<string, RegExp>> = {
  a_scaled: /^NaN$/,
  a_date: /infinity/,
  a_timestamp: /infinity|^294276/,
  a_timestamptz: /infinity/,
};

/** What the database says the rows are. */
function expectedRows({ columns, texts, json }: HostileTable): (string | null)[][] {
  return texts.map((row, index) => {
    const cells = columns.map((column) => {
      const text = STRUCTURES.includes(column) ? json[index]?.[column] : row[column];
      if (text === null || text === undefined || UNHELD[column]?.test(text)) return null;
      if (column === 'a_boolean') return text.replace('t', 'true').replace('f', 'false');
      if (column === 'a_real') return toNumberText(Math.fround(Number(text)));
      return column === 'a_double' ? toNumberText(Number(text)) : text;
    });
    return [String(index + 1), ...cells];
  });
}

/** Readers give floats as numbers. */
function toNumberText(number: number): string {
  return Object.is(number, -0) ? '-0' : String(number);
}
