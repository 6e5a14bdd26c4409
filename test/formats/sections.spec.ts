import { CsvWriter } from '../../src/formats/csv/csv.writer';
import { JsonWriter } from '../../src/formats/json/json.writer';
import { python } from '../support/python';
import { RenderingDatabase } from '../support/rendering';
import { describeWith } from '../support/workbooks';

let rendering: RenderingDatabase;
beforeAll(async () => {
  rendering = await RenderingDatabase.create();
  await rendering.sql(
    'CREATE TABLE people (id int, name text, active boolean)',
    `INSERT INTO people VALUES (1, 'Ann, "A"', true)`,
    'CREATE TABLE transactions (id int, "table" text, amount numeric(12,2), note text)',
    `INSERT INTO transactions VALUES (1, 'round', -5.00, '=1+1'), (2, NULL, 234567890.5, '')`,
    'CREATE TABLE nothing (note text, extra json)',
  );
});
afterAll(() => rendering.remove());

describe('JsonWriter, for the document of one user', () => {
  it('writes the sections in order, single ones as objects, and the moment of the snapshot last', async () => {
    const { bytes, recordCount, contentType } = await rendering.writeSections(new JsonWriter(), {
      profile: ['people'],
      transactions: 'transactions',
      activity: 'nothing',
    });

    const document = JSON.parse(bytes.toString()) as Record<string, unknown>;
    expect(Object.keys(document)).toEqual(['profile', 'transactions', 'activity', 'exportedAt']);
    expect(document).toEqual({
      profile: { id: 1, name: 'Ann, "A"', active: true },
      transactions: [
        { id: 1, table: 'round', amount: -5, note: '=1+1' },
        { id: 2, table: null, amount: 234567890.5, note: '' },
      ],
      activity: [],
      exportedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(bytes.toString()).toContain('"amount":-5.00');
    expect({ recordCount, contentType }).toEqual({ recordCount: 3, contentType: 'application/json' });
  });

  it('writes null for a single section without a row', async () => {
    const { bytes } = await rendering.writeSections(new JsonWriter(), { profile: ['nothing'] });

    expect(JSON.parse(bytes.toString())).toEqual({ profile: null, exportedAt: expect.any(String) });
  });

  it('fails if a single section has several rows', async () => {
    const writing = rendering.writeSections(new JsonWriter(), { profile: ['transactions'] });

    await expect(writing).rejects.toThrow('profile should be one row, but there are 2');
  });
});

describeWith(['python'], 'CsvWriter, for the document of one user', () => {
  const rows = (bytes: Uint8Array, delimiter = ',') =>
    python<string[][]>(
      `import csv, io, json, sys
text = io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8', newline='')
print(json.dumps(list(csv.reader(text, delimiter='${delimiter}', strict=True))))`,
      bytes,
    );
  const tables = { profile: ['people'] as [string], transactions: 'transactions', activity: 'nothing' };

  it('writes the name of the section and the union of all columns', async () => {
    const { bytes, recordCount, extension } = await rendering.writeSections(new CsvWriter(), tables);

    expect(await rows(bytes)).toEqual([
      ['table', 'id', 'name', 'active', 'table_', 'amount', 'note', 'extra'],
      ['profile', '1', 'Ann, "A"', 'true', '', '', '', ''],
      ['transactions', '1', '', '', 'round', '-5.00', "'=1+1", ''],
      ['transactions', '2', '', '', '', '234567890.50', '', ''],
    ]);
    // What is missing is not quoted, an empty text is.
    expect(bytes.toString()).toContain('transactions,2,,,,234567890.50,"",\n');
    expect({ recordCount, extension }).toEqual({ recordCount: 3, extension: 'csv' });
  });

  it('supports the options of CSV', async () => {
    const { bytes } = await rendering.writeSections(new CsvWriter(), tables, {
      raw: true,
      bom: true,
      delimiter: ';',
    });

    const [header, , transaction] = await rows(bytes, ';');
    expect(header![0]).toBe('\ufefftable');
    expect(transaction!.slice(0, 2)).toEqual(['transactions', '1']);
    expect(transaction![6]).toBe('=1+1');
  });
});
