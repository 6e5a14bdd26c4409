import { readdir, readlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { XlsxWriter } from '../../src/formats/xlsx/xlsx.writer';
import { tableOf, textTable, writeTable } from '../support/tables';
import { describeWith, type ReadCell, readByLibreOffice, readByOpenpyxl, wellFormedParts } from '../support/workbooks';

const xlsx = new XlsxWriter();
const MOST = 32_767;

const read = async (bytes: Buffer) => (await readByOpenpyxl(bytes)).sheets;
const valuesOf = (rows: readonly (readonly ReadCell[])[] = []) => rows.map((row) => row.map(({ value }) => value));

describeWith(['openpyxl', 'xmllint'], 'XlsxWriter, for texts that are longer than a cell', () => {
  const long = `=${'0123456789é"<&👍\r\n_x0041_'.repeat(40_000)}`;
  const full = 'a'.repeat(MOST);
  const pairs = `b${'😀'.repeat(MOST)}`;
  const texts = [
    [long, 'short'],
    [full, null],
    ['', pairs],
  ];

  /** What the further sheets hold: the text of each cell, put together of its parts. */
  function wholeTexts(sheets: readonly { rows: readonly (readonly ReadCell[])[] }[]): Map<string, string> {
    const found = new Map<string, string>();
    for (const [sheet, row, column, part, text] of sheets.flatMap(({ rows }) => valuesOf(rows.slice(1)))) {
      const cell = `${sheet} ${row} ${column}`;
      expect(part === 1).toBe(!found.has(cell));
      expect(String(text).length).toBeLessThanOrEqual(MOST);
      found.set(cell, (found.get(cell) ?? '') + String(text));
    }
    return found;
  }

  it('writes the complete text to another sheet and refers to it in the cell', async () => {
    const { bytes, warnings, warningCodes, recordCount } = await writeTable(
      xlsx,
      textTable(texts, { warnings: [{ code: 'image-missing', text: 'of the source' }] }),
    );

    await wellFormedParts(bytes);
    const [results, longTexts, ...more] = await read(bytes);
    expect({ name: longTexts?.name, more }).toEqual({ name: 'Long texts', more: [] });
    expect(valuesOf(longTexts?.rows)[0]).toEqual(['sheet', 'row', 'column', 'part', 'text']);
    expect(wholeTexts([longTexts!])).toEqual(
      new Map([
        ['Results 2 c0', long],
        ['Results 4 c1', pairs],
      ]),
    );
    const [, [first, short], [fits, nothing], [empty, last]] = valuesOf(results!.rows) as [
      unknown[],
      unknown[],
      unknown[],
      unknown[],
    ];
    expect([short, fits, nothing, empty]).toEqual(['short', full, null, '']);
    const [, beginning, row] = /^([^]*) … \[the whole text: sheet “Long texts”, row (\d+)\]$/.exec(String(last)) ?? [];
    expect(pairs.startsWith(beginning!)).toBe(true);
    expect(valuesOf(longTexts?.rows)[Number(row) - 1]?.slice(0, 4)).toEqual(['Results', 4, 'c1', 1]);
    expect(String(first)).toHaveLength(MOST);
    expect(first).toMatch(/row 2\]$/);
    expect(recordCount).toBe(3);
    expect(warnings).toEqual([
      'of the source',
      'In Results, column c0, one text has more than the 32,767 characters that a cell may hold: it is complete on the sheet Long texts.',
      'In Results, column c1, one text has more than the 32,767 characters that a cell may hold: it is complete on the sheet Long texts.',
    ]);
    expect(warningCodes).toEqual(['image-missing', 'long-text-moved', 'long-text-moved']);
  });

  it('marks formulas on that sheet too', async () => {
    const { bytes } = await writeTable(xlsx, textTable([[long]]));

    const [results, longTexts] = await read(bytes);
    expect([results!.rows[1]![0]!.quoted, longTexts!.rows[1]![4]!.quoted]).toEqual([true, true]);
  });

  it('refers from every sheet of the table to as many further sheets as necessary', async () => {
    const many = Array.from({ length: 10 }, (_, index) => [`${index}${'x'.repeat(MOST * 2)}`]);
    const table = textTable(many, { title: 'Long texts' });

    const { bytes, warnings } = await writeTable(new XlsxWriter(8), table);

    const sheets = await read(bytes);
    expect(sheets.map(({ name }) => name)).toEqual([
      'Long texts',
      'Long texts (2)',
      'Long texts (3)',
      'Long texts (4)',
      'Long texts (5)',
      'Long texts (6)',
      'Long texts (7)',
    ]);
    expect([...wholeTexts(sheets.slice(2)).entries()]).toEqual(
      many.map(([text], index) => [index < 7 ? `Long texts ${index + 2} c0` : `Long texts (2) ${index - 5} c0`, text]),
    );
    for (const [index, [cell]] of sheets
      .slice(0, 2)
      .flatMap(({ rows }) => valuesOf(rows.slice(1)))
      .entries()) {
      const [, name, row] = /sheet “(.*)”, row (\d+)\]$/.exec(String(cell)) ?? [];
      const [, , , part, text] = valuesOf(sheets.find((sheet) => sheet.name === name)?.rows)[Number(row) - 1] ?? [];
      expect([part, String(text)[0]]).toEqual([1, String(index)]);
    }
    expect(warnings).toEqual([
      expect.stringMatching(/10 texts have .*: they are complete on the sheet Long texts \(3\)/),
    ]);
  });

  it('does the same for labels', async () => {
    const label = 'Why? '.repeat(10_000);
    const table = tableOf([{ key: 'why', label, type: 'text' }], [['so']]);

    const [results, longTexts] = await read((await writeTable(xlsx, table)).bytes);

    expect(wholeTexts([longTexts!])).toEqual(new Map([['Results 1 why', label]]));
    expect(valuesOf(results!.rows)[1]).toEqual(['so']);
  });

  it('leaves no temporary file, whether the workbook is complete or abandoned', async () => {
    const rows = Array.from({ length: 400 }, (_, index) => [`${index}${'y'.repeat(100_000)}`]);
    const { body } = xlsx.write(textTable(rows), {}, () => undefined);
    let most = 0;
    let received = 0;

    for await (const chunk of body) {
      received += chunk.length;
      most = Math.max(most, (await openTemporaryFiles()).length);
      if (received > 100_000) break;
    }

    expect(most).toBe(process.platform === 'linux' ? 1 : 0);
    expect(await openTemporaryFiles()).toEqual([]);
    await writeTable(xlsx, textTable(rows));
    expect(await openTemporaryFiles()).toEqual([]);
    expect((await readdir(tmpdir())).filter((name) => /^export-.*\.tmp$/.test(name))).toEqual([]);
  });
});

/** Those of spools which this process has open. */
async function openTemporaryFiles(): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const open = await readdir('/proc/self/fd');
  const paths = await Promise.all(open.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return paths.filter((path) => /\/export-[-\da-f]{36}\.tmp/.test(path));
}

describeWith(['soffice'], 'XlsxWriter, for texts that are longer than a cell, read by LibreOffice', () => {
  it('shows the complete text on its sheet', async () => {
    const text = 'ї'.repeat(100_000);

    const sheets = await readByLibreOffice((await writeTable(xlsx, textTable([[text]]))).bytes);

    expect([...sheets.keys()]).toEqual(expect.arrayContaining(['Results', 'Long texts']));
    expect(
      sheets
        .get('Long texts')
        ?.slice(1)
        .map((row) => row[4])
        .join(''),
    ).toBe(text);
  });
});
