import { XlsxWriter } from '../../src/formats/xlsx/xlsx.writer';
import { type HostileTable, hostileTable } from '../support/hostile-values';
import { RenderingDatabase, type WrittenFile } from '../support/rendering';
import { describeWith, type ReadCell, readByLibreOffice, readByOpenpyxl, wellFormedParts } from '../support/workbooks';

const NUMBERS =
  /^(a_domain_over_domain|a_smallint|an_int|an_oid|a_bigint|a_numeric|a_scaled|a_rounded|a_real|a_double|a_money)$/;
const TIMES = /^(a_date|a_timestamp|a_timestamptz)$/;
/** What a spreadsheet has no number or date for. */
const NO_NUMBERS = [
  '-9223372036854775808',
  '9223372036854775807',
  '9007199254740993',
  '12345678901234567890',
  '9'.repeat(300),
  'NaN',
  'Infinity',
  '-Infinity',
  '-0',
  '1e-320',
  '1234567890123456789012345678.0123456789',
];
const NO_TIMES = /BC|infinity|^\d{5,}|^1[0-8]|^1899|^1900-0[12]/;

let rendering: RenderingDatabase;
let table: HostileTable;
let file: WrittenFile;
beforeAll(async () => {
  rendering = await RenderingDatabase.create();
  table = await hostileTable(rendering);
  file = await rendering.write(new XlsxWriter(), [table.name]);
});
afterAll(() => rendering.remove());

/** What the database says of a cell, and what was read there. */
function* cellsOf<Cell>(
  rows: readonly (readonly Cell[])[],
): Generator<{ column: string; text: string | null; cell: Cell }> {
  for (const [row, texts] of table.texts.entries()) {
    for (const [index, column] of table.columns.entries()) {
      if (column !== 'large') yield { column, text: texts[column] ?? null, cell: rows[row + 1]![index + 1]! };
    }
  }
}

describeWith(['openpyxl'], 'XlsxWriter, for relations: values, read by openpyxl', () => {
  let rows: readonly (readonly ReadCell[])[];
  beforeAll(async () => {
    rows = (await readByOpenpyxl(file.bytes)).sheets[0]!.rows;
  });

  it('writes the texts of the database unless they are numbers, times or booleans', () => {
    for (const { column, text, cell } of cellsOf(rows)) {
      if (NUMBERS.test(column) || TIMES.test(column) || column === 'a_boolean') continue;
      expect({ column, value: cell.value }).toEqual({ column, value: text });
    }
  });

  it('writes numbers, or their text if a cell cannot hold the number', () => {
    for (const { column, text, cell } of cellsOf(rows)) {
      if (text === null || !NUMBERS.test(column)) continue;
      const expected = NO_NUMBERS.includes(text) ? { type: 's', value: text } : { type: 'n', value: Number(text) };
      expect({ column, type: cell.type, value: cell.value }).toEqual({ column, ...expected });
    }
  });

  it('writes times, or their text if a cell cannot hold the time', () => {
    for (const { column, text, cell } of cellsOf(rows)) {
      if (text === null || !TIMES.test(column)) continue;
      // openpyxl knows milliseconds, and gives a date as its midnight.
      const expected = NO_TIMES.test(text)
        ? { type: 's', value: text }
        : {
            type: 'd',
            value: text
              .replace(/\+00$/, '')
              .replace(/\.000001$/, '')
              .replace(/\.999\d*$/, '.999000')
              .replace(/^[\d-]{10}$/, '$& 00:00:00'),
          };
      expect({ column, type: cell.type, value: cell.value }).toEqual({ column, ...expected });
    }
  });

  it('writes booleans', () => {
    const read = [...cellsOf(rows)].filter(({ column }) => column === 'a_boolean').map(({ cell }) => cell.value);

    expect(read.slice(0, 3)).toEqual([true, false, null]);
  });

  it('never writes formulas and marks texts that would be one', () => {
    expect(rows.flat().filter(({ type }) => type === 'f')).toEqual([]);
    for (const { column, text, cell } of cellsOf(rows)) {
      const isNumber = NUMBERS.test(column) || TIMES.test(column) || /^[-+]?[\d.]+(e[-+]?\d+)?$/.test(text ?? '');
      const quoted = !isNumber && /^[=+@\t\r\n＝＋－＠-]/.test(text ?? '');
      expect({ column, text, quoted: cell.quoted }).toEqual({ column, text, quoted });
    }
  });

  it('truncates texts that are longer than a cell and warns', () => {
    const large = String(rows[1]![table.columns.indexOf('large') + 1]!.value);

    expect(large).toBe('0123456789é"<&👍'.repeat(2048).slice(0, large.length));
    expect([32_766, 32_767]).toContain(large.length);
    expect(file.warnings).toEqual([
      'In hostile_values, column large, one text was cut to the 32,767 characters that a cell may hold.',
    ]);
    expect(file.warningCodes).toEqual(['cell-truncated']);
  });
});

describeWith(['soffice'], 'XlsxWriter, for relations: values, read by LibreOffice', () => {
  it('shows the texts of the database, with codes decoded to characters', async () => {
    const rows = (await readByLibreOffice(file.bytes)).get(table.name)!;

    for (const { column, text, cell } of cellsOf(rows)) {
      if (NUMBERS.test(column) || TIMES.test(column) || column === 'a_boolean') continue;
      // It begins a new line of its cell at either.
      expect({ column, cell }).toEqual({ column, cell: text?.replaceAll('\r\n', '\n') ?? '' });
    }
  });
});

describeWith(['xmllint'], 'XlsxWriter, for relations: parts, read by libxml', () => {
  it('escapes texts that look like the code of a character', async () => {
    const sheet = (await wellFormedParts(file.bytes)).get('xl/worksheets/sheet1.xml')!;

    // Some readers take a capital X too.
    expect(/>[^<>]*X000D_[^<>]*</.exec(sheet)?.[0]).toBe('>_x005F_X000D_ _x005F_X005f_x005F_x000d_<');
  });

  it('writes well-formed parts', async () => {
    expect([...(await wellFormedParts(file.bytes)).keys()].sort()).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'docProps/core.xml',
      'xl/_rels/workbook.xml.rels',
      'xl/styles.xml',
      'xl/workbook.xml',
      'xl/worksheets/sheet1.xml',
    ]);
  });
});
