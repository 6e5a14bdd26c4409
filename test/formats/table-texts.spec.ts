import { CsvWriter } from '../../src/formats/csv/csv.writer';
import { JsonWriter } from '../../src/formats/json/json.writer';
import type { TableColumn } from '../../src/formats';
import { python } from '../support/python';
import {
  FORMULAS,
  HOSTILE_COLUMNS,
  HOSTILE_LABELS,
  HOSTILE_ROWS,
  hostileLabels,
  tableOf,
  textTable,
  writeTable,
} from '../support/tables';
import { describeWith } from '../support/workbooks';

const readCsv = (bytes: Uint8Array, delimiter = ',') =>
  python<string[][]>(
    `
import csv, io, json, sys
csv.field_size_limit(10 ** 9)
text = io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8', newline='')
print(json.dumps(list(csv.reader(text, delimiter='${delimiter}', strict=True))))`,
    bytes,
  );

/** Numbers as they are written, each between two signs that no text has; of each object its pairs in their order. */
const readJson = (bytes: Uint8Array) =>
  python<[string, unknown][]>(
    `
import json, sys
as_written = lambda digits: '#' + digits + '#'
found = json.loads(sys.stdin.buffer.read(), parse_int=as_written, parse_float=as_written, object_pairs_hook=list)
print(json.dumps(found))`,
    bytes,
  );

const csv = new CsvWriter();
const json = new JsonWriter();
const hostile = tableOf(HOSTILE_COLUMNS, HOSTILE_ROWS);
const KEYS = HOSTILE_COLUMNS.map(({ key }) => key);
const LABELS = hostileLabels('UTC');
const million = '0123456789é"<&👍'.repeat(70_000);
const wide = Array.from({ length: 200 }, (_, index): TableColumn => {
  return { key: `q${index}`, label: `Question ${index}`, type: 'text' };
});

describeWith(['python'], 'CsvWriter, for tables', () => {
  /** A reader of CSV gives a null as an empty text. */
  const fields = (asWritten: (text: string) => string) =>
    HOSTILE_ROWS.map((row) =>
      row.map((cell) => {
        if (cell instanceof Date) return cell.toISOString();
        return typeof cell === 'string' ? asWritten(cell) : String(cell ?? '');
      }),
    );

  it('keeps every text and neutralizes formulas with an apostrophe', async () => {
    const { bytes, extension, contentType, recordCount } = await writeTable(csv, hostile);

    const [labels, ...rows] = await readCsv(bytes);
    expect(labels).toEqual(LABELS.map((label) => (HOSTILE_LABELS.has(label) ? `'${label}` : label)));
    expect(rows).toEqual(fields((text) => (FORMULAS.has(text) ? `'${text}` : text)));
    expect({ extension, contentType, recordCount }).toEqual({
      extension: 'csv',
      contentType: 'text/csv; charset=utf-8',
      recordCount: HOSTILE_ROWS.length,
    });
  });

  it('keeps every text unchanged with the option raw', async () => {
    const { bytes } = await writeTable(csv, hostile, { raw: true });

    expect(await readCsv(bytes)).toEqual([LABELS, ...fields((text) => text)]);
  });

  it('distinguishes nulls from empty texts', async () => {
    const { bytes } = await writeTable(
      csv,
      textTable([
        [null, ''],
        ['a b', null],
      ]),
    );

    expect(bytes.toString()).toBe('Column 0,Column 1\n,""\na b,\n');
  });

  it('writes labels, keys or both as the header', async () => {
    const table = textTable([['x', 'y']]);

    const written = (header?: string) => writeTable(csv, table, { header }).then(({ bytes }) => bytes.toString());

    expect(await written()).toBe('Column 0,Column 1\nx,y\n');
    expect(await written('labels')).toBe('Column 0,Column 1\nx,y\n');
    expect(await written('keys')).toBe('c0,c1\nx,y\n');
    expect(await written('both')).toBe('Column 0,Column 1\nc0,c1\nx,y\n');
  });

  it('names the unit of durations and UTC for moments in the labels', async () => {
    const columns: TableColumn[] = [
      { key: 'took', label: 'Тривалість', type: 'duration' },
      { key: 'at', label: 'Початок', type: 'moment' },
    ];
    const table = tableOf(columns, [[61, new Date(0)]], { timeZone: 'Europe/Kyiv' });

    const { bytes } = await writeTable(csv, table, { header: 'both' });

    expect(bytes.toString()).toBe('Тривалість (s),Початок (UTC)\ntook,at\n61,1970-01-01T00:00:00.000Z\n');
  });

  it('writes a byte order mark and another delimiter on request', async () => {
    const { bytes } = await writeTable(csv, textTable([['a;b', 'c,d']]), { bom: true, delimiter: ';' });

    expect(bytes.toString()).toBe('\ufeffColumn 0;Column 1\n"a;b";c,d\n');
  });

  it('replaces lone surrogates by the replacement character', async () => {
    const { bytes } = await writeTable(csv, textTable([['\ud83d', 'a\udc4d']]));

    expect(bytes.toString()).toBe('Column 0,Column 1\n\ufffd,a\ufffd\n');
  });

  it('writes texts of a million characters and 200 columns', async () => {
    const row = wide.map((_, index) => (index === 100 ? million : null));

    const { bytes } = await writeTable(csv, tableOf(wide, [row]));

    expect(await readCsv(bytes)).toEqual([wide.map(({ label }) => label), row.map((cell) => cell ?? '')]);
  });

  it('writes a header if there are no rows', async () => {
    const { bytes, recordCount } = await writeTable(csv, tableOf(wide.slice(0, 2), []), { bom: true });

    expect(bytes.toString()).toBe('\ufeffQuestion 0,Question 1\n');
    expect(recordCount).toBe(0);
  });

  it('warns that a null in a table of one column is an empty line', async () => {
    const { bytes, warnings } = await writeTable(
      csv,
      textTable([[null], ['']], { warnings: [{ code: 'image-missing', text: 'of the source' }] }),
    );

    expect(bytes.toString()).toBe('Column 0\n\n""\n');
    expect(warnings).toEqual(['of the source', expect.stringContaining('In Results, which has only one column')]);
  });
});

describeWith(['python'], 'JsonWriter, for tables', () => {
  it('keeps every value, key and digit in order', async () => {
    const { bytes, extension, contentType, recordCount } = await writeTable(json, hostile);

    const results = Object.fromEntries(await readJson(bytes)).results;
    expect(results).toEqual(
      HOSTILE_ROWS.map((row) =>
        row.map((cell, index) => {
          if (cell instanceof Date) return [KEYS[index], cell.toISOString()];
          const isNumber = typeof cell === 'number' || (cell !== null && KEYS[index] === '7');
          return [KEYS[index], isNumber ? `#${cell}#` : cell];
        }),
      ),
    );
    expect({ extension, contentType, recordCount }).toEqual({
      extension: 'json',
      contentType: 'application/json',
      recordCount: HOSTILE_ROWS.length,
    });
  });

  it('starts with the moment, the facts and the columns', async () => {
    const about = { event: { id: 'e1', title: 'Test "1"' }, ['__proto__']: 'x' };

    const { bytes } = await writeTable(json, { ...hostile, about });

    expect(bytes.toString()).toMatch(
      /^\{"exportDate":"2026-11-21T04:05:06.789Z","event":\{"id":"e1","title":"Test \\"1\\""\},"__proto__":"x","columns":\[\{"key":"a_text","label":"Name","type":"text"\},/,
    );
    expect((JSON.parse(bytes.toString()) as { columns: unknown }).columns).toEqual(HOSTILE_COLUMNS);
  });

  it('escapes lone surrogates', async () => {
    const { bytes } = await writeTable(json, textTable([['\ud83d', 'a\udc4d']]));

    expect((JSON.parse(bytes.toString()) as { results: unknown }).results).toEqual([{ c0: '\ud83d', c1: 'a\udc4d' }]);
  });

  it('writes digits that are no JSON number as a text', async () => {
    const column: TableColumn = { key: 'n', label: 'N', type: 'decimal' };

    const { bytes } = await writeTable(
      json,
      tableOf(
        [column],
        ['007', '.5', '5.', '+1', 'NaN', ''].map((n) => [n]),
      ),
    );

    expect((JSON.parse(bytes.toString()) as { results: unknown }).results).toEqual(
      ['007', '.5', '5.', '+1', 'NaN', ''].map((n) => ({ n })),
    );
  });

  it('writes texts of a million characters, 200 columns, or no rows at all', async () => {
    const row = wide.map((_, index) => (index === 100 ? million : null));

    const [large, empty] = await Promise.all(
      [tableOf(wide, [row]), tableOf(wide, [])].map((one) => writeTable(json, one)),
    );

    const resultsOf = (bytes: Buffer) => (JSON.parse(bytes.toString()) as { results: object[] }).results;
    expect(resultsOf(large!.bytes).map((object): unknown[] => Object.values(object))).toEqual([row]);
    expect(resultsOf(empty!.bytes)).toEqual([]);
  });
});
