import type { ExportOptions } from '../writer';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import type { Table } from '../table';
import type { PrintedTable } from './printed-table';

/** A table as a sheet to be printed. */
export class TablePdfWriter extends FormatWriter<'table'> {
  override readonly format = 'pdf';
  override readonly writes = 'table';

  override write(given: Table, options: ExportOptions, report: ReportProgress): RenderedFile {
    const table = forPeople(given);
    let printed: PrintedTable | undefined;
    const body = async function* () {
      // pdfkit takes long to load: only a process that prints a table does so.
      const { printTable } = await import('./printed-table.ts');
      yield* (printed = printTable(table, options, report)).bytes();
    };
    return {
      extension: 'pdf',
      contentType: 'application/pdf',
      body: body(),
      summary: () => ({
        pageCount: printed?.pageCount ?? 0,
        recordCount: printed?.recordCount ?? 0,
        warnings: [...table.warnings, ...(printed?.warnings ?? [])],
      }),
    };
  }
}

/** The table without the columns that mean nothing to people. */
function forPeople(table: Table): Table {
  const kept = table.columns.flatMap(({ isForPrograms }, index) => (isForPrograms ? [] : [index]));
  if (kept.length === table.columns.length) return table;
  const select = <Item>(items: readonly Item[]) => kept.map((index) => items[index] as Item);
  return {
    ...table,
    columns: select(table.columns),
    async *rows() {
      for await (const batch of table.rows()) yield batch.map(select);
    },
  };
}
