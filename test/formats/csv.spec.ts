import { CsvWriter } from '../../src/formats/csv/csv.writer';
import { HOSTILE_NAMES, hostileNames } from '../support/hostile-names';
import { type HostileTable, hostileTable } from '../support/hostile-values';
import { python } from '../support/python';
import { RenderingDatabase } from '../support/rendering';
import { describeWith } from '../support/workbooks';

let rendering: RenderingDatabase;
let hostile: HostileTable;
beforeAll(async () => {
  rendering = await RenderingDatabase.create();
  hostile = await hostileTable(rendering);
  await rendering.sql(
    `CREATE TABLE amounts (id int, note text, amount numeric(12,2))`,
    `INSERT INTO amounts VALUES (1, NULL, -5.00), (2, '', 0), (3, '=1+1', 1), (4, '-5.00', NULL), (5, E'a,"b"\nc', 7)`,
    'CREATE TABLE none (id int, "a,b" text)',
    'CREATE TABLE "None" (id int)',
    'CREATE TABLE notes (note text)',
    `INSERT INTO notes VALUES (NULL), (''), ('\\.')`,
  );
});
afterAll(() => rendering.remove());

const READER = `
import csv, hashlib, io, json, sys, zipfile
csv.field_size_limit(10 ** 9)
def rows(data, delimiter):
    text = io.TextIOWrapper(io.BytesIO(data), encoding='utf-8', newline='')
    return list(csv.reader(text, delimiter=delimiter, strict=True))`;
const read = (bytes: Uint8Array, delimiter = ',') =>
  python<string[][]>(`${READER}\nprint(json.dumps(rows(sys.stdin.buffer.read(), '${delimiter}')))`, bytes);

interface Archive {
  readonly names: string[];
  readonly manifest: { files: { name: string; table: string; rows: number; bytes: number; sha256: string }[] };
  readonly found: { rows: number; bytes: number; sha256: string }[];
}

/** What a zip's manifest says of the files, and what they are. */
const readArchive = (bytes: Uint8Array) =>
  python<Archive>(
    `${READER}
archive = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
assert archive.testzip() is None
manifest = json.loads(archive.read('manifest.json'))
def found(data): return {'rows': len(rows(data, ',')) - 1, 'bytes': len(data), 'sha256': hashlib.sha256(data).hexdigest()}
print(json.dumps({'names': archive.namelist(), 'manifest': manifest, 'found': [found(archive.read(file['name'])) for file in manifest['files']]}))`,
    bytes,
  );

describeWith(['python'], 'CsvWriter, for relations', () => {
  it('distinguishes nulls from empty texts and does not neutralize numbers', async () => {
    const { bytes, recordCount, extension, contentType } = await rendering.write(new CsvWriter(), ['amounts']);

    expect(bytes.toString()).toBe(
      'id,note,amount\n1,,-5.00\n2,"",0.00\n3,\'=1+1,1.00\n4,-5.00,\n5,"a,""b""\nc",7.00\n',
    );
    expect({ recordCount, extension, contentType }).toEqual({
      recordCount: 5,
      extension: 'csv',
      contentType: 'text/csv; charset=utf-8',
    });
  });

  it('keeps every value of every type with the option raw', async () => {
    const { bytes, recordCount } = await rendering.write(new CsvWriter(), [hostile.name], { raw: true });

    expect(await read(bytes)).toEqual(expectedRows(hostile, (text) => text));
    expect(recordCount).toBe(hostile.texts.length);
  });

  it('neutralizes formulas with an apostrophe and changes nothing else', async () => {
    const { bytes } = await rendering.write(new CsvWriter(), [hostile.name]);

    expect(await read(bytes)).toEqual(expectedRows(hostile, neutralised));
  });

  it('keeps column names with any characters', async () => {
    const table = await hostileNames(rendering);

    const { bytes } = await rendering.write(new CsvWriter(), [table]);

    const names = HOSTILE_NAMES.map((name) => (/^[=+\-@\t\r]/.test(name) ? `'${name}` : name));
    expect(await read(bytes)).toEqual([names, HOSTILE_NAMES.map((_, index) => String(index))]);
  });

  it('writes a byte order mark and another delimiter on request', async () => {
    const { bytes } = await rendering.write(new CsvWriter(), ['amounts'], { bom: true, delimiter: ';' });

    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const [header, first] = await read(bytes.subarray(3), ';');
    expect(header).toEqual(['id', 'note', 'amount']);
    expect(first).toEqual(['1', '', '-5.00']);
  });

  it('warns that a null in a table of one column is an empty line', async () => {
    const { bytes, warnings, warningCodes } = await rendering.write(new CsvWriter(), ['notes']);

    expect(bytes.toString()).toMatch(/^note\n\n""\n/);
    expect(warnings).toEqual([expect.stringContaining('In notes')]);
    expect(warningCodes).toEqual(['null-as-empty-line']);
  });

  it('writes a header if there are no rows', async () => {
    const { bytes, recordCount } = await rendering.write(new CsvWriter(), ['none']);

    expect(bytes.toString()).toBe('id,"a,b"\n');
    expect(recordCount).toBe(0);
  });

  it('writes several tables as a zip with a correct manifest', async () => {
    const { bytes, recordCount, extension, contentType } = await rendering.write(
      new CsvWriter(),
      ['amounts', 'none', 'None', hostile.name],
      {},
      { userId: 'u1' },
    );

    const { names, manifest, found } = await readArchive(bytes);
    expect(names).toEqual(['amounts.csv', 'none.csv', 'None (2).csv', 'hostile_values.csv', 'manifest.json']);
    expect(manifest).toMatchObject({ formatVersion: 1, userId: 'u1', encoding: 'UTF-8' });
    expect(manifest.files).toMatchObject(found);
    expect(manifest.files.map(({ table }) => table)).toEqual(['amounts', 'none', 'None', hostile.name]);
    expect(recordCount).toBe(5 + hostile.texts.length);
    expect({ extension, contentType }).toEqual({ extension: 'zip', contentType: 'application/zip' });
  });

  it('neutralizes formulas in a database with another encoding', async () => {
    const other = await RenderingDatabase.create('EUC_JP');
    try {
      await other.sql(
        'CREATE TABLE texts (id int, note text)',
        `INSERT INTO texts VALUES (1, '日本'), (2, '=日本'), (3, '＝日本')`,
      );

      const { bytes } = await other.write(new CsvWriter(), ['texts']);

      expect(bytes.toString()).toBe(`id,note\n1,日本\n2,'=日本\n3,'＝日本\n`);
    } finally {
      await other.remove();
    }
  });
});

/** What the database says the rows are. A reader of CSV gives a null as an empty text. */
function expectedRows(
  { columns, texts }: HostileTable,
  asWritten: (text: string, column: string) => string,
): string[][] {
  const rows = texts.map((row, index) => {
    const cells = columns.map((column) => {
      const text = row[column] ?? '';
      if (column === 'a_boolean') return text.replace('t', 'true').replace('f', 'false');
      return asWritten(text, column);
    });
    return [String(index + 1), ...cells];
  });
  return [['id', ...columns], ...rows];
}

const TEXTS =
  'a_text controls large a_varchar a_char a_quoted_char a_name a_citext a_collated an_enum a_domain an_xml'.split(' ');

function neutralised(text: string, column: string): string {
  const isFormula = /^[=+\-@\t\r\n＝＋－＠]/.test(text) && !['-5.00', '+1e3', '-1.000'].includes(text);
  return isFormula && TEXTS.includes(column) ? `'${text}` : text;
}
