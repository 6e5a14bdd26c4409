import { XlsxWriter } from '../../src/formats/xlsx/xlsx.writer';
import type { TableColumn } from '../../src/formats';
import {
  FORMULAS,
  HOSTILE_COLUMNS,
  HOSTILE_DECIMALS,
  HOSTILE_LABELS,
  HOSTILE_MOMENTS,
  HOSTILE_ROWS,
  HOSTILE_TEXTS,
  hostileLabels,
  tableOf,
  textTable,
  writeTable,
} from '../support/tables';
import { describeWith, type ReadCell, readByLibreOffice, readByOpenpyxl, wellFormedParts } from '../support/workbooks';

const xlsx = new XlsxWriter();
const hostile = tableOf(HOSTILE_COLUMNS, HOSTILE_ROWS);

const read = async (bytes: Buffer) => (await readByOpenpyxl(bytes)).sheets;
const valuesOf = (rows: readonly (readonly ReadCell[])[] = []) => rows.map((row) => row.map(({ value }) => value));

describeWith(['openpyxl', 'xmllint'], 'XlsxWriter, for tables', () => {
  let rows: readonly (readonly ReadCell[])[];
  beforeAll(async () => {
    const { bytes } = await writeTable(xlsx, hostile);
    await wellFormedParts(bytes);
    rows = (await read(bytes))[0]!.rows;
  });
  const column = (index: number) => rows.slice(1).map((row) => row[index]!);

  it('keeps every text and marks formulas as texts', () => {
    const texts = column(0);

    expect(texts.map(({ value }) => value)).toEqual([...HOSTILE_TEXTS, null]);
    expect(texts.map(({ quoted }) => quoted)).toEqual([...HOSTILE_TEXTS.map((text) => FORMULAS.has(text)), false]);
    expect(rows.flat().filter(({ type }) => type === 'f')).toEqual([]);
  });

  it('writes numbers with all their digits, and as texts if a cell cannot hold them', () => {
    const texts = ['-0', '-0.00', '1234567890123456789012345678.0123456789', '1000000000000000', '9'.repeat(30)];
    const expected = HOSTILE_DECIMALS.map((digits) =>
      texts.includes(digits) || digits.length > 300 ? ['s', digits] : ['n', Number(digits)],
    );
    const decimals = column(3).slice(0, HOSTILE_DECIMALS.length);

    expect(decimals.map(({ type, value }) => [type, value])).toEqual(expected);
    expect([0, 3, 5].map((index) => decimals[index]!.format)).toEqual(['0', '0.00', '0.0']);
    const integers = column(2).slice(0, 6);
    expect(integers.map(({ value }) => value)).toEqual([
      0,
      -1,
      2 ** 31,
      -999_999_999_999_999,
      '9007199254740991',
      '-9007199254740991',
    ]);
    expect(column(4)[3]).toMatchObject({ type: 'n', value: 3 });
  });

  it('writes moments as times, and as texts before March 1900 or after 9999', () => {
    expect(
      column(5)
        .slice(0, HOSTILE_MOMENTS.length)
        .map(({ type, value }) => [type, value]),
    ).toEqual([
      ['d', '2026-03-29 00:59:59.999000'],
      ['d', '2026-03-29 01:00:00'],
      ['d', '2026-10-25 00:30:00'],
      ['d', '1969-07-20 20:17:40.001000'],
      ['s', HOSTILE_MOMENTS[4]],
      ['s', HOSTILE_MOMENTS[5]],
      ['d', '1900-03-02 00:00:00'],
      ['s', HOSTILE_MOMENTS[7]],
      ['d', '9999-12-30 00:00:00'],
      ['d', '9999-12-31 23:59:59.999000'],
      ['s', HOSTILE_MOMENTS[10]],
    ]);
    expect(column(5)[0]!.format).toBe('yyyy\\-mm\\-dd hh:mm:ss.000');
  });

  it('writes moments in the time zone of the table, exact to the second of an offset change', async () => {
    const at: TableColumn = { key: 'at', label: 'At', type: 'moment' };
    const moments = [
      '2026-03-29T00:59:59Z',
      '2026-03-29T01:00:00Z',
      '2026-07-01T12:00:00Z',
      '2026-10-25T00:59:59Z',
      '2026-10-25T01:00:00Z',
    ];
    const clocks = async (timeZone: string, given: readonly string[]) => {
      const table = tableOf(
        [at],
        given.map((text) => [new Date(text)]),
        { timeZone },
      );
      const [sheet] = await read((await writeTable(xlsx, table)).bytes);
      return valuesOf(sheet?.rows.slice(1)).flat();
    };

    expect(await clocks('Europe/Kyiv', moments)).toEqual([
      '2026-03-29 02:59:59',
      '2026-03-29 04:00:00',
      '2026-07-01 15:00:00',
      '2026-10-25 03:59:59',
      '2026-10-25 03:00:00',
    ]);
    // Its clocks were changed at one minute past midnight.
    expect(await clocks('America/Goose_Bay', ['1990-04-01T04:00:59Z', '1990-04-01T04:01:00Z'])).toEqual([
      '1990-04-01 00:00:59',
      '1990-04-01 01:01:00',
    ]);
  });

  it('writes labels, keys or both as a bold, frozen header', async () => {
    const table = textTable([['x', 'y']], { title: 'Test “1/2”' });

    const heads = await Promise.all(
      ['labels', 'keys', 'both'].map(
        async (header) => (await read((await writeTable(xlsx, table, { header })).bytes))[0]!,
      ),
    );

    const labels = ['Column 0', 'Column 1'];
    const keys = ['c0', 'c1'];
    expect(heads.map(({ frozen, filter, rows }) => [frozen, filter, valuesOf(rows)])).toEqual([
      ['A2', 'A1:B2', [labels, ['x', 'y']]],
      ['A2', 'A1:B2', [keys, ['x', 'y']]],
      ['A3', 'A2:B3', [labels, keys, ['x', 'y']]],
    ]);
    expect(heads[2]?.rows.map((row) => row.map(({ bold }) => bold))).toEqual([
      [true, true],
      [true, true],
      [false, false],
    ]);
    expect(heads.map(({ name }) => name)).toEqual(Array(3).fill('Test “1_2”'));
  });

  it('accepts equal labels and marks formulas as texts', () => {
    expect(rows[0]!.map(({ value, quoted }) => [value, quoted])).toEqual(
      hostileLabels('UTC').map((label) => [label, HOSTILE_LABELS.has(label)]),
    );
  });

  it('names the unit of durations and the time zone of moments in the labels', async () => {
    const table = tableOf(HOSTILE_COLUMNS, HOSTILE_ROWS, { timeZone: 'Europe/Kyiv' });

    const [sheet] = await read((await writeTable(xlsx, table, { header: 'both' })).bytes);

    expect(valuesOf(sheet!.rows.slice(0, 2))).toEqual([
      hostileLabels('Europe/Kyiv'),
      HOSTILE_COLUMNS.map(({ key }) => key),
    ]);
  });

  it.each([
    ['ar-EG', true],
    ['he', true],
    ['uk', false],
  ])('sets right-to-left for the language %s to %s', async (language, rightToLeft) => {
    const table = textTable([['x'.repeat(40_000)], ['y']], { language });

    const sheets = await read((await writeTable(new XlsxWriter(2), table)).bytes);

    expect(sheets.map((sheet) => sheet.rightToLeft)).toEqual(Array(4).fill(rightToLeft));
  });

  it('wraps texts and aligns the other values with their first line', async () => {
    const answer = 'A long answer. '.repeat(20);
    const { bytes } = await writeTable(xlsx, tableOf(HOSTILE_COLUMNS, [[answer, '=1+1', 1, '2.50', 3, new Date(0)]]));

    const [header, row] = (await read(bytes))[0]!.rows;
    expect(row!.map(({ value }) => value)).toEqual([answer, '=1+1', 1, 2.5, 3, '1970-01-01 00:00:00']);
    expect(row!.map(({ wrapped }) => wrapped)).toEqual([true, true, false, false, false, false]);
    expect(row!.map(({ vertical }) => vertical)).toEqual(Array(6).fill('top'));
    expect(row!.map(({ quoted }) => quoted)).toEqual([false, true, false, false, false, false]);
    // It stays in sight: a long question that wraps would leave no room for rows.
    expect(header!.some(({ wrapped }) => wrapped)).toBe(false);
  });

  it('marks no texts with the option raw', async () => {
    const [sheet] = await read((await writeTable(xlsx, hostile, { raw: true })).bytes);

    expect(sheet!.rows.flat().filter(({ quoted }) => quoted)).toEqual([]);
    expect(valuesOf(sheet!.rows)).toEqual(valuesOf(rows));
  });

  it('continues on further sheets when one is full', async () => {
    const table = textTable(Array.from({ length: 25 }, (_, index) => [`${index}`]));

    const { bytes, recordCount } = await writeTable(new XlsxWriter(12), table, { header: 'both' });

    const sheets = await read(bytes);
    expect(recordCount).toBe(25);
    expect(sheets.map(({ name, filter, rows }) => [name, filter, rows.length])).toEqual([
      ['Results', 'A2:A12', 12],
      ['Results (2)', 'A2:A12', 12],
      ['Results (3)', 'A2:A7', 7],
    ]);
    expect(sheets.flatMap((sheet) => valuesOf(sheet.rows.slice(2)).flat())).toEqual(
      Array.from({ length: 25 }, (_, index) => `${index}`),
    );
  });

  it('writes tables without rows and with 200 columns', async () => {
    const wide = Array.from({ length: 200 }, (_, index): TableColumn => {
      return { key: `q${index}`, label: `Question ${index}`, type: 'text' };
    });

    const { bytes, recordCount } = await writeTable(xlsx, tableOf(wide, []));

    const [sheet] = await read(bytes);
    expect(recordCount).toBe(0);
    expect(sheet?.filter).toBe('A1:GR1');
    expect(valuesOf(sheet?.rows)).toEqual([wide.map(({ label }) => label)]);
  });

  it('rejects a table with more columns than a sheet may have', () => {
    const columns = Array.from({ length: 16_385 }, (_, index): TableColumn => {
      return { key: `q${index}`, label: '', type: 'text' };
    });

    expect(() => xlsx.write(tableOf(columns, []), {}, () => undefined)).toThrow('A sheet has at most 16384 columns');
  });

  it('fits the widths of columns to their content, up to a maximum', async () => {
    const at = new Date(0);
    const columns: TableColumn[] = [
      ...(['text', 'text', 'text'] as const).map((type, index) => ({ key: `c${index}`, label: 'label', type })),
      { key: 'at', label: 'at', type: 'moment' },
    ];

    const { bytes } = await writeTable(xlsx, tableOf(columns, [[null, 'word '.repeat(6), 'long '.repeat(100), at]]));

    expect((await read(bytes))[0]?.widths).toEqual([9.5, 31.5, 60, 20.5]);
  });

  it('replaces lone surrogates and writes NUL as a code', async () => {
    const { bytes } = await writeTable(xlsx, textTable([['\ud83d', 'a\udc4d', 'a\0b']]));

    await wellFormedParts(bytes);
    expect(valuesOf((await read(bytes))[0]?.rows)[1]).toEqual(['\ufffd', 'a\ufffd', 'a\0b']);
  });
});

describeWith(['soffice'], 'XlsxWriter, for tables, read by LibreOffice', () => {
  it('shows the texts, the numbers with their digits and the moments', async () => {
    const table = tableOf(HOSTILE_COLUMNS, HOSTILE_ROWS, { title: 'Results' });
    const { bytes } = await writeTable(xlsx, table, { header: 'both' });

    const [labels, keys, ...rows] = (await readByLibreOffice(bytes)).get('Results')!;

    expect(labels).toEqual(hostileLabels('UTC'));
    expect(keys).toEqual(HOSTILE_COLUMNS.map(({ key }) => key));
    // It begins a new line of its cell at either.
    expect(rows.map(([text]) => text)).toEqual(HOSTILE_TEXTS.map((text) => text.replaceAll('\r\n', '\n')));
    expect(rows.slice(0, 6).map((row) => row[3])).toEqual(HOSTILE_DECIMALS.slice(0, 6));
    expect(rows.slice(0, 2).map((row) => row[5])).toEqual(['2026-03-29 00:59:59.999', '2026-03-29 01:00:00.000']);
  });
});
