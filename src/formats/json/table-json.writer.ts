import type { ExportOptions } from '../writer';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import type { Cell, CellType, Table } from '../table';
import { compressed } from '../compression';
import { rowText } from '../row-text';
import { tableOptions } from '../table-options';
import { TableTally } from '../table-progress';

/** What JSON takes for a number. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** One document: what the table is about, its columns, and an object for each row. */
export class TableJsonWriter extends FormatWriter<'table'> {
  override readonly format = 'json';
  override readonly writes = 'table';

  override write(table: Table, given: ExportOptions, report: ReportProgress): RenderedFile {
    const tally = new TableTally(table, report);
    const file = { extension: 'json', contentType: 'application/json', body: documentOf(table, tally) };
    return {
      ...compressed(file, tableOptions(given)),
      summary: () => ({ pageCount: null, recordCount: tally.recordCount, warnings: table.warnings }),
    };
  }
}

async function* documentOf(table: Table, tally: TableTally): AsyncGenerator<Uint8Array> {
  const { takenAt, about, columns } = table;
  const head = JSON.stringify({
    exportDate: takenAt,
    ...about,
    columns: columns.map(({ key, label, type }) => ({ key, label, type })),
  });
  yield Buffer.from(`${head.slice(0, -1)},"results":[`);
  const members = columns.map(({ key, type }) => ({ name: `${JSON.stringify(key)}:`, type }));
  // No objects are made: they would put keys that are digits first, and take `__proto__` for something else.
  let separator = '\n';
  yield* rowText(tally.batches(), (row) => {
    const object = `${separator}{${members.map(({ name, type }, index) => name + value(row[index] ?? null, type)).join(',')}}`;
    separator = ',\n';
    return object;
  });
  yield Buffer.from('\n]}\n');
}

/** A decimal goes out by its digits, of which a number of JavaScript keeps some sixteen. */
function value(cell: Cell, type: CellType): string {
  return type === 'decimal' && typeof cell === 'string' && NUMBER.test(cell) ? cell : JSON.stringify(cell);
}
