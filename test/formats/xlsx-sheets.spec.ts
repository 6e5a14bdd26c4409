import { XlsxWriter } from '../../src/formats/xlsx/xlsx.writer';
import { HOSTILE_NAMES, hostileNames } from '../support/hostile-names';
import { RenderingDatabase } from '../support/rendering';
import { describeWith, readByLibreOffice, readByOpenpyxl, type ReadSheet, wellFormedParts } from '../support/workbooks';

let rendering: RenderingDatabase;
beforeAll(async () => {
  rendering = await RenderingDatabase.create();
  await rendering.sql(
    `CREATE TABLE payments (id int, paid_on date, amount numeric(10,2), made_at timestamptz, note text)`,
    `INSERT INTO payments SELECT n, date '2026-01-01' + n, n / 4.0, '2026-07-01 12:00:00+00', 'Payment ' || n
       FROM generate_series(1, 250) AS n`,
    `CREATE TABLE nobody (id int, name text)`,
  );
});
afterAll(() => rendering.remove());

const valuesOf = (sheet: ReadSheet | undefined) => sheet?.rows.map((row) => row.map(({ value }) => value));

describeWith(['openpyxl', 'xmllint'], 'XlsxWriter, for relations: sheets', () => {
  it('writes the names as a bold, frozen header with a filter', async () => {
    const { bytes, extension, recordCount, warnings } = await rendering.write(new XlsxWriter(), ['payments']);
    const [sheet] = (await readByOpenpyxl(bytes)).sheets;

    expect({ extension, recordCount, warnings }).toEqual({ extension: 'xlsx', recordCount: 250, warnings: [] });
    expect(sheet).toMatchObject({ name: 'payments', frozen: 'A2', filter: 'A1:E251' });
    expect(valuesOf(sheet)?.slice(0, 2)).toEqual([
      ['id', 'paid_on', 'amount', 'made_at', 'note'],
      [1, '2026-01-02 00:00:00', 0.25, '2026-07-01 12:00:00', 'Payment 1'],
    ]);
    expect(sheet?.rows[0]?.every(({ bold }) => bold)).toBe(true);
    expect(sheet?.rows[1]?.map(({ format }) => format)).toEqual([
      '0',
      'yyyy\\-mm\\-dd',
      '0.00',
      'yyyy\\-mm\\-dd hh:mm:ss',
      'General',
    ]);
  });

  it('writes times in the time zone of the export', async () => {
    const { bytes } = await rendering.write(new XlsxWriter(), ['payments'], {}, { timeZone: 'Europe/Berlin' });

    expect((await readByOpenpyxl(bytes)).sheets[0]?.rows[1]?.[3]?.value).toBe('2026-07-01 14:00:00');
  });

  it('continues on further sheets when one is full', async () => {
    const { bytes, recordCount } = await rendering.write(new XlsxWriter(101), ['payments', 'nobody']);
    const { sheets } = await readByOpenpyxl(bytes);

    expect(recordCount).toBe(250);
    expect(sheets.map(({ name, filter, rows }) => [name, filter, rows.length])).toEqual([
      ['payments', 'A1:E101', 101],
      ['payments (2)', 'A1:E101', 101],
      ['payments (3)', 'A1:E51', 51],
      ['nobody', 'A1:B1', 1],
    ]);
    expect(sheets.slice(0, 3).flatMap((sheet) => sheet.rows.slice(1).map(([id]) => id?.value))).toEqual(
      Array.from({ length: 250 }, (_, index) => index + 1),
    );
    expect(new Set(sheets.slice(0, 3).map(({ rows }) => rows[0]?.[0]?.value))).toEqual(new Set(['id']));
    await wellFormedParts(bytes);
  });

  it('fills a sheet to its last row', async () => {
    const { bytes } = await rendering.write(new XlsxWriter(126), ['payments']);

    expect((await readByOpenpyxl(bytes)).sheets.map(({ rows }) => rows.length)).toEqual([126, 126]);
  });

  it('gives sheets unique names that Excel accepts', async () => {
    const titles = ["'it''s'", 'a/b:c', 'History', 'PAYMENTS', `${'😀'.repeat(14)}bb😀`, 'n'.repeat(40), '_x0041_'];
    for (const title of titles) await rendering.sql(`CREATE TABLE "${title}" AS SELECT 1 AS id`);

    const { bytes } = await rendering.write(new XlsxWriter(), ['payments', ...titles, 'n'.repeat(40)]);

    expect((await readByOpenpyxl(bytes)).sheets.map(({ name }) => name)).toEqual([
      'payments',
      "_it''s_",
      'a_b_c',
      'History_',
      'PAYMENTS (2)',
      `${'😀'.repeat(14)}bb`,
      'n'.repeat(31),
      '-x0041_',
      `${'n'.repeat(27)} (2)`,
    ]);
  });

  it('keeps column names with any characters', async () => {
    const table = await hostileNames(rendering);

    const { bytes } = await rendering.write(new XlsxWriter(), [table]);
    const [sheet] = (await readByOpenpyxl(bytes)).sheets;
    await wellFormedParts(bytes);

    expect(valuesOf(sheet)).toEqual([HOSTILE_NAMES, HOSTILE_NAMES.map((_, index) => String(index))]);
    const quoted = sheet?.rows[0]?.filter((cell) => cell.quoted).map(({ value }) => value);
    expect(quoted).toEqual(HOSTILE_NAMES.filter((name) => /^[=+@-]/.test(name)));
  });

  it('writes tables without rows and with 200 columns', async () => {
    const columns = Array.from(
      { length: 200 },
      (_, index) => `c${index} ${['text', 'jsonb', 'numeric', 'date'][index % 4]!}`,
    );
    await rendering.sql(
      `CREATE TABLE wide (${columns.join(', ')})`,
      `INSERT INTO wide (c0, c199) VALUES ('first', '2026-11-21')`,
    );

    const { bytes, recordCount } = await rendering.write(new XlsxWriter(), ['nobody', 'wide']);
    const { sheets } = await readByOpenpyxl(bytes);
    const [anonymous, wide] = sheets.map(valuesOf);
    await wellFormedParts(bytes);

    expect(recordCount).toBe(1);
    expect(anonymous).toEqual([['id', 'name']]);
    expect(sheets[1]?.filter).toBe('A1:GR2');
    expect(wide?.[1]).toEqual(['first', ...Array<null>(198).fill(null), '2026-11-21 00:00:00']);
  });

  it('marks no texts with the option raw', async () => {
    await rendering.sql(`CREATE TABLE sums AS SELECT '=1+1' AS "=name"`);

    const { bytes } = await rendering.write(new XlsxWriter(), ['sums'], { raw: true });
    const cells = (await readByOpenpyxl(bytes)).sheets[0]?.rows.flat();

    expect(cells?.map(({ type, value, quoted }) => [type, value, quoted])).toEqual([
      ['s', '=name', false],
      ['s', '=1+1', false],
    ]);
  });

  it('fits the widths of columns to their content, up to a maximum', async () => {
    await rendering.sql(
      `CREATE TABLE widths AS SELECT 1 AS a, repeat('word ', 6) AS b, repeat('long ', 100) AS c, NULL::date AS d`,
    );

    const { bytes } = await rendering.write(new XlsxWriter(), ['widths']);

    expect((await readByOpenpyxl(bytes)).sheets[0]?.widths).toEqual([9.5, 31.5, 60, 11.5]);
  });
});

describeWith(['openpyxl'], 'XlsxWriter, for relations: texts that are longer than a cell', () => {
  it('truncates them between characters and counts them, and keeps texts that just fit', async () => {
    const most = 32_767;
    const pairs = Math.floor(most / 2);
    await rendering.sql(
      `CREATE TABLE full_cells (id int, "a note" text, doc jsonb, amount numeric)`,
      `INSERT INTO full_cells VALUES
        (1, repeat('a', ${most}), NULL, NULL), (2, repeat('b', ${most + 1}), NULL, NULL), (3, repeat('é', ${most}), NULL, NULL),
        (4, repeat('😀', ${pairs}) || 'c', NULL, NULL), (5, repeat('😀', ${pairs + 1}), NULL, NULL),
        (6, '=' || repeat('<', ${most}), to_jsonb(repeat('d', ${most})), 1e40000)`,
    );

    const { bytes, warnings } = await rendering.write(new XlsxWriter(), ['nobody', 'full_cells']);
    const rows = (await readByOpenpyxl(bytes)).sheets[1]?.rows.slice(1) ?? [];

    expect(rows.map((row) => row[1]?.value)).toEqual([
      'a'.repeat(most),
      'b'.repeat(most),
      'é'.repeat(most),
      `${'😀'.repeat(pairs)}c`,
      '😀'.repeat(pairs),
      `=${'<'.repeat(most - 1)}`,
    ]);
    expect(rows[5]?.map(({ quoted }) => quoted)).toEqual([false, true, false, false]);
    expect(rows[5]?.map(({ value }) => String(value).length)).toEqual([1, most, most, most]);
    expect(warnings).toEqual([
      'In full_cells, column a note, 3 texts were cut to the 32,767 characters that a cell may hold.',
      'In full_cells, column doc, one text was cut to the 32,767 characters that a cell may hold.',
      'In full_cells, column amount, one text was cut to the 32,767 characters that a cell may hold.',
    ]);
  });
});

describeWith(['openpyxl'], 'XlsxWriter, for a database that is not in UTF-8', () => {
  it.each(['LATIN1', 'EUC_JP', 'SQL_ASCII'])('writes the same characters from %s', async (encoding) => {
    const other = await RenderingDatabase.create(encoding);
    try {
      const texts =
        encoding === 'EUC_JP' ? ['日本', '=日本', '日本'.repeat(20_000)] : ['größe', '=größe', 'é'.repeat(40_000)];
      await other.sql(`CREATE TABLE words (id int, word text)`);
      for (const [index, text] of texts.entries())
        await other.sql(`INSERT INTO words VALUES (${index}, E'${text}\\x01&')`);

      const { bytes, warnings } = await other.write(new XlsxWriter(), ['words']);
      const rows = (await readByOpenpyxl(bytes)).sheets[0]?.rows.slice(1) ?? [];

      expect(rows.slice(0, 2).map((row) => row[1]?.value)).toEqual([`${texts[0]}\u0001&`, `${texts[1]}\u0001&`]);
      expect(rows.map((row) => row[1]?.quoted)).toEqual([false, true, false]);
      expect(warnings).toHaveLength(1);
    } finally {
      await other.remove();
    }
  });
});

describeWith(['xmllint'], 'XlsxWriter, for relations: moments', () => {
  it('writes moments exact to the microsecond', async () => {
    await rendering.sql(
      `CREATE TABLE moments AS SELECT n AS id, timestamp '2026-11-21' + n * interval '1 day 01:02:03.456789' AS at,
         ((timestamp '2026-11-21' + n * interval '1 day 01:02:03.456789')::time)::text AS time
         FROM generate_series(1, 500) AS n`,
    );

    const { bytes } = await rendering.write(new XlsxWriter(), ['moments']);
    const sheet = (await wellFormedParts(bytes)).get('xl/worksheets/sheet1.xml') ?? '';
    const rows = [...sheet.matchAll(/<v>([\d.]+)<\/v><\/c><c t="inlineStr"><is><t>([\d:.]+)</g)];

    expect(rows).toHaveLength(500);
    for (const [, serial, time] of rows) {
      const [hours, minutes, seconds] = time!.split(':').map(Number);
      const microseconds = Math.round(((hours! * 60 + minutes!) * 60 + seconds!) * 1e6);
      expect(Math.round((Number(serial) % 1) * 86_400e6)).toBe(microseconds);
    }
  });
});

describeWith(['xmllint'], 'XlsxWriter, for relations: blanks', () => {
  it('preserves those at the ends of a text, and says nothing about other texts', async () => {
    await rendering.sql(
      `CREATE TABLE blanks AS SELECT * FROM unnest(ARRAY[' a', 'a ', E'\\ta', E'a\\t', ' ', 'a  b', '', '& ', 'b & c']) AS text`,
    );

    const { bytes } = await rendering.write(new XlsxWriter(), ['blanks']);
    const sheet = (await wellFormedParts(bytes)).get('xl/worksheets/sheet1.xml') ?? '';
    const texts = [...sheet.matchAll(/<t( xml:space="preserve")?>([^<]*)</g)].slice(1);

    expect(texts.map(([, , text]) => text)).toEqual([' a', 'a ', '\ta', 'a\t', ' ', 'a  b', '', '&amp; ', 'b &amp; c']);
    const unprotected = texts.filter(([, attribute]) => attribute === undefined);
    expect(unprotected.map(([, , text]) => text)).toEqual(['a  b', '']);
  });
});

describeWith(['soffice'], 'XlsxWriter, for relations, read by LibreOffice', () => {
  it('shows numbers and times as the database writes them, and booleans by their names', async () => {
    await rendering.sql('CREATE TABLE flags AS SELECT true AS is_on, false AS is_off, NULL::boolean AS neither');

    const { bytes } = await rendering.write(new XlsxWriter(101), ['payments', 'flags']);
    const sheets = await readByLibreOffice(bytes);

    expect([...sheets.keys()].sort()).toEqual(['flags', 'payments', 'payments (2)', 'payments (3)']);
    expect(sheets.get('payments (3)')?.at(-1)).toEqual([
      '250',
      '2026-09-08',
      '62.50',
      '2026-07-01 12:00:00',
      'Payment 250',
    ]);
    expect(sheets.get('flags')?.[1]).toEqual(['TRUE', 'FALSE', '']);
  });
});
