import type { ReportProgress } from './writer';
import type { Cell, Table } from './table';

/** Counts the rows of a table while they are read, tells how far they are, and sees that none is missing. */
export class TableTally {
  recordCount = 0;

  constructor(
    private readonly table: Table,
    private readonly report: ReportProgress,
  ) {
    this.tell();
  }

  /** The rows of the table, in its batches. @throws Error where they are not what the table said of them */
  async *batches(): AsyncGenerator<readonly (readonly Cell[])[]> {
    const { title, rowCount, columns } = this.table;
    for await (const rows of this.table.rows()) {
      if (rows.some(({ length }) => length !== columns.length))
        throw new Error(`A row of ${title} has not one cell for each of its ${columns.length} columns`);
      if (this.recordCount + rows.length > rowCount)
        throw new Error(`${title} has more rows than the ${rowCount} counted`);
      yield rows;
      this.recordCount += rows.length;
      this.tell();
    }
    if (this.recordCount < rowCount)
      throw new Error(`${title} has ${this.recordCount} rows, and ${rowCount} were counted`);
  }

  private tell(): void {
    this.report({ done: this.recordCount, total: this.table.rowCount, unit: 'rows' });
  }
}
