import { JsonWriter } from '../../src/formats/json/json.writer';
import { NdjsonWriter } from '../../src/formats/json/ndjson.writer';
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
    'CREATE TABLE cards (id int, "number" text)',
    `INSERT INTO cards VALUES (1, 'a'), (2, 'b')`,
    'CREATE TABLE invoices (id int, _table text, items json)',
    `INSERT INTO invoices VALUES (7, 'mine', E'[1,\\r\\n2]')`,
    'CREATE TABLE nothing (id int)',
  );
});
afterAll(() => rendering.remove());

/** Any document, by Python's reader; numbers by their digits, objects by their members in order. */
const READ = `
import json, sys
def member_list(pairs): return {'object': pairs}
def digits(text): return {'number': text}
def read(text):
    return json.loads(text, parse_int=digits, parse_float=digits, parse_constant=None, object_pairs_hook=member_list)
text = sys.stdin.buffer.read().decode('utf-8', 'strict')`;
const read = (bytes: Uint8Array) => python<unknown>(`${READ}\nprint(json.dumps(read(text)))`, bytes);
const readLines = (bytes: Uint8Array) =>
  python<unknown[]>(`${READ}\nprint(json.dumps([read(line) for line in text.split('\\n')[:-1]]))`, bytes);
const readSimply = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;

/** What the database says the rows are, as a document. */
function expectedRows({ columns, json }: HostileTable): string[] {
  return json.map((row, index) => {
    const members = columns.map((column) => `${JSON.stringify(column)}:${row[column] ?? 'null'}`);
    return `{"id":${index + 1},${members.join(',')}}`;
  });
}

describeWith(['python'], 'JsonWriter, for relations', () => {
  it('keeps every value of every type, to the last digit', async () => {
    const { bytes, recordCount } = await rendering.write(new JsonWriter(), [hostile.name], {}, { userId: 'u"1' });

    const { exportDate } = readSimply(bytes);
    const expected = `{"exportDate":"${exportDate as string}","userId":"u\\"1","data":{"hostile_values":[${expectedRows(hostile).join(',')}]}}`;
    expect(await read(bytes)).toEqual(await read(Buffer.from(expected)));
    expect(recordCount).toBe(hostile.texts.length);
  });

  it('keeps column names with any characters', async () => {
    const table = await hostileNames(rendering);

    const { bytes } = await rendering.write(new JsonWriter(), [table]);

    const members = HOSTILE_NAMES.map((name, index) => [name, String(index)]);
    expect(await read(bytes)).toEqual({
      object: [
        ['exportDate', expect.any(String)],
        ['data', { object: [[table, [{ object: members }]]] }],
      ],
    });
  });

  it('writes the tables of a data type as one array whose rows name their table', async () => {
    const sections = { cards: 'payments', nothing: 'payments', invoices: 'payments' };

    const { bytes, recordCount, contentType, extension } = await rendering.write(
      new JsonWriter(),
      ['nothing', 'cards', 'hostile_values', 'invoices'],
      {},
      { sections: { ...sections, hostile_values: 'other' } },
    );

    const { data } = readSimply(bytes) as { data: Record<string, unknown[]> };
    expect(Object.keys(data)).toEqual(['payments', 'other']);
    expect(data['payments']).toEqual([
      { _table: 'cards', id: 1, number: 'a' },
      { _table: 'cards', id: 2, number: 'b' },
      { _table_: 'invoices', id: 7, _table: 'mine', items: [1, 2] },
    ]);
    expect(data['other']![0]).not.toHaveProperty('_table');
    expect({ recordCount, contentType, extension }).toEqual({
      recordCount: 3 + hostile.texts.length,
      contentType: 'application/json',
      extension: 'json',
    });
  });

  it('writes a complete document if there are no rows or no tables', async () => {
    const empty = await rendering.write(new JsonWriter(), ['nothing']);
    const none = await rendering.write(new JsonWriter(), []);

    expect(readSimply(empty.bytes)).toEqual({ exportDate: expect.any(String), data: { nothing: [] } });
    expect(readSimply(none.bytes)).toEqual({ exportDate: expect.any(String), data: {} });
    expect(none.recordCount).toBe(0);
  });

  it('contains the moment of the snapshot', async () => {
    const before = Date.now();

    const { bytes } = await rendering.write(new JsonWriter(), ['nothing']);

    const taken = Date.parse(readSimply(bytes)['exportDate'] as string);
    expect(taken).toBeGreaterThan(before - 1_000);
    expect(taken).toBeLessThan(Date.now() + 1_000);
  });

  it('compresses the file on request', async () => {
    const { bytes, extension, contentType } = await rendering.write(new JsonWriter(), ['cards'], {
      compression: 'gzip',
    });

    const unpacked = await python(
      'import gzip, json, sys; print(json.dumps(json.loads(gzip.decompress(sys.stdin.buffer.read()))))',
      bytes,
    );
    expect(unpacked).toMatchObject({ data: { cards: [{ id: 1 }, { id: 2 }] } });
    expect({ extension, contentType }).toEqual({ extension: 'json.gz', contentType: 'application/gzip' });
  });
});

describeWith(['python'], 'NdjsonWriter', () => {
  it('writes one row per line, whatever the values are', async () => {
    const { bytes, contentType, extension } = await rendering.write(new NdjsonWriter(), [hostile.name]);

    expect(await readLines(bytes)).toEqual(await readLines(Buffer.from(`${expectedLines().join('\n')}\n`)));
    expect({ contentType, extension }).toEqual({ contentType: 'application/x-ndjson', extension: 'ndjson' });
  });

  it('names the table of each row if there are several', async () => {
    const { bytes, recordCount } = await rendering.write(new NdjsonWriter(), ['cards', 'nothing', 'invoices']);

    expect(
      bytes
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { _table: 'cards', id: 1, number: 'a' },
      { _table: 'cards', id: 2, number: 'b' },
      { _table_: 'invoices', id: 7, _table: 'mine', items: [1, 2] },
    ]);
    expect(recordCount).toBe(3);
  });

  it('writes an empty file if there are no rows', async () => {
    const { bytes } = await rendering.write(new NdjsonWriter(), ['nothing']);

    expect(bytes).toHaveLength(0);
  });
});

/** Breaks of a line stand only between the tokens of a json value; there any blank is the same. */
function expectedLines(): string[] {
  return expectedRows(hostile).map((row) => row.replaceAll(/[\r\n]/g, ' '));
}
