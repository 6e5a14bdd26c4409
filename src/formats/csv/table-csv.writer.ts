import { Readable } from 'node:stream';
import { type Stringifier, stringify } from 'csv-stringify';
import type { ExportOptions } from '../writer';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import type { Cell, CellType, Table } from '../table';
import { compressed } from '../compression';
import { blankLines } from './csv-text';
import { neutralisedText } from '../formula-guard';
import { inPieces } from '../rechunk';
import { headerLines } from '../table-header';
import { type TableOptions, tableOptions } from '../table-options';
import { TableTally } from '../table-progress';

type CsvRecord = readonly (string | null)[];

const PIECE_BYTES = 64 * 1024;

/** A header of one line or two, and a line for each row. A null is an empty field, an empty text a quoted one. */
export class TableCsvWriter extends FormatWriter<'table'> {
  override readonly format = 'csv';
  override readonly writes = 'table';

  override write(table: Table, given: ExportOptions, report: ReportProgress): RenderedFile {
    const options = tableOptions(given);
    const tally = new TableTally(table, report);
    const body = linesOf(recordsOf(table, options, tally), options);
    const warnings = table.columns.length === 1 ? [...table.warnings, blankLines(table.title)] : table.warnings;
    return {
      ...compressed({ extension: 'csv', contentType: 'text/csv; charset=utf-8', body }, options),
      summary: () => ({ pageCount: null, recordCount: tally.recordCount, warnings }),
    };
  }
}

async function* linesOf(records: AsyncIterable<CsvRecord>, options: TableOptions): AsyncGenerator<Uint8Array> {
  const source = Readable.from(records);
  const lines = stringifier(options);
  // A pipe tells nobody of an error: unheard, it would end the process.
  source.once('error', (error) => lines.destroy(error));
  try {
    yield* inPieces(source.pipe(lines) as AsyncIterable<Uint8Array>, PIECE_BYTES);
  } finally {
    source.destroy();
  }
}

function stringifier({ bom, delimiter }: TableOptions): Stringifier {
  return stringify({
    bom,
    delimiter,
    record_delimiter: '\n',
    // Without it a carriage return, which many readers take for the end of a line, would stand unquoted.
    quote_record_delimiter: true,
    // Unlike `quoted_empty` it leaves nulls alone.
    quoted_match: /^$/,
  });
}

async function* recordsOf(table: Table, options: TableOptions, tally: TableTally): AsyncGenerator<CsvRecord> {
  const types = table.columns.map(({ type }) => type);
  const asWritten = options.raw ? (text: string) => text : neutralisedText;
  for (const line of headerLines(table.columns, options.header, 'UTC')) yield line.map(asWritten);
  for await (const rows of tally.batches()) {
    for (const row of rows) yield row.map((cell, index) => field(cell, types[index], asWritten));
  }
}

function field(cell: Cell, type: CellType | undefined, asWritten: (text: string) => string): string | null {
  if (typeof cell === 'string') return type === 'text' ? asWritten(cell) : cell;
  if (cell === null) return null;
  return cell instanceof Date ? cell.toISOString() : String(cell);
}
