import { randomBytes } from 'node:crypto';
import { CsvWriter } from '../../src/formats/csv/csv.writer';
import { JsonWriter } from '../../src/formats/json/json.writer';
import { XlsxWriter } from '../../src/formats/xlsx/xlsx.writer';
import type { ExportOptions, FormatWriter } from '../../src/formats';
import { LongTable, tableOf, textTable, writeTable } from '../support/tables';
import { until } from '../support/until';

const SHORT = ['answer', 'of', 'a few words'];
/** Many more rows than fit into the buffers between the source and the reader. */
const ROWS_AHEAD_BYTES = 120_000_000;
const LONG = ['x'.repeat(40_000), 'y'];

const CASES: [
  title: string,
  writer: Pick<FormatWriter<'table'>, 'write'>,
  options: ExportOptions,
  row: readonly string[],
][] = [
  ['CSV', new CsvWriter(), {}, SHORT],
  ['CSV, gzip', new CsvWriter(), { compression: 'gzip' }, SHORT],
  ['JSON', new JsonWriter(), {}, SHORT],
  ['JSON, gzip', new JsonWriter(), { compression: 'gzip' }, SHORT],
  ['XLSX', new XlsxWriter(), {}, SHORT],
  ['XLSX, of several sheets', new XlsxWriter(10_000), {}, SHORT],
  ['XLSX, with long texts', new XlsxWriter(), {}, LONG],
];

describe.each(CASES)('A writer of tables as %s', (_title, writer, options, row) => {
  it('throws if reading the rows fails midway', async () => {
    const rows = new LongTable(row, 2_000, 1_000);

    await expect(writeTable(writer, rows.table, options)).rejects.toThrow('The rows broke off');
    expect(rows.isClosed).toBe(true);
  });

  it.each([-1, 1])('throws if the number of rows differs from the count by %d', async (difference) => {
    const table = textTable([row, row, row]);

    const writing = writeTable(writer, { ...table, rowCount: 3 + difference }, options);

    await expect(writing).rejects.toThrow(/^Results has (more|3) rows/);
  });

  it('throws if a row has more cells than there are columns', async () => {
    const { columns } = textTable([row]);

    await expect(writeTable(writer, tableOf(columns, [[...row, 'more']]), options)).rejects.toThrow(
      'one cell for each',
    );
  });

  it('stops reading rows when its reader leaves', async () => {
    const rows = new LongTable(row, 1_000_000);
    const { body } = writer.write(rows.table, options, () => undefined);
    let received = 0;

    for await (const chunk of body) {
      received += chunk.length;
      if (received > 20_000) break;
    }

    await until('the reading has ended', () => rows.isClosed, { within: 5_000 });
    expect(rows.batches).toBeLessThan(5_000);
  });

  it('reads only as many rows as its reader needs', async () => {
    const rowCount = ROWS_AHEAD_BYTES / bytesOf(row);
    const rows = new LongTable(() => row.map(noise), rowCount);
    const reading = writer.write(rows.table, options, () => undefined).body[Symbol.asyncIterator]();
    for (let chunk = 0; chunk < 10; chunk += 1) await reading.next();

    const before = await settled(() => rows.batches);

    expect(before).toBeLessThan(rowCount / LongTable.BATCH / 2);
    await reading.return?.();
  });

  it('reports progress in rows', async () => {
    const { progress, recordCount } = await writeTable(writer, new LongTable(row, 300).table, options);

    expect(progress).toEqual([0, 100, 200, 300].map((done) => ({ done, total: 300, unit: 'rows' })));
    expect(recordCount).toBe(300);
  });
});

/** At least as long as the text. Nothing compresses it, so that few rows fill what a reader takes. */
function noise(text: string): string {
  const length = Math.max(200, text.length);
  return randomBytes(length).toString('base64').slice(0, length);
}

function bytesOf(row: readonly string[]): number {
  return row.map(noise).join('').length;
}

/** A count that is the same twenty times in a row, a turn of the event loop apart. */
async function settled(count: () => number): Promise<number> {
  let last = count();
  for (let same = 0; same < 20;) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    same = count() === last ? same + 1 : 0;
    last = count();
  }
  return last;
}
