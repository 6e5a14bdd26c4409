import type { Projection, Relation, RenderedRows, RowBatch, Table } from './content';
import type { ReportProgress } from './writer';

/** Counts the rows of relations while they are rendered, and reports progress. */
export class RelationProgress {
  private readonly counts = new Map<Relation, number>();
  private readonly total: number | null;

  constructor(
    relations: readonly Relation[],
    private readonly report: ReportProgress,
  ) {
    const totals = relations.map(({ rowCount }) => rowCount);
    this.total = totals.includes(null) ? null : totals.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    this.reportDone(0);
  }

  /** Rows written so far, as PostgreSQL counted them. */
  get recordCount(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  recordCountOf(relation: Relation): number {
    return this.counts.get(relation) ?? 0;
  }

  /** The rows of a relation as `relation.render` returns them, counted. */
  render(relation: Relation, projection: Projection): RenderedRows {
    const rows = relation.render(projection, (done) => {
      this.reportDone(this.recordCount + done);
    });
    return {
      [Symbol.asyncIterator]: () => this.counted(relation, rows),
      count: () => rows.count(),
      settings: () => rows.settings(),
    };
  }

  private async *counted(relation: Relation, rows: RenderedRows): AsyncGenerator<Buffer> {
    yield* rows;
    this.counts.set(relation, rows.count());
    this.reportDone(this.recordCount);
  }

  private reportDone(done: number): void {
    this.report({ done, total: this.total, unit: 'rows' });
  }
}

/** Counts the rows of a computed table while they are read, checks them, and reports progress. */
export class TableProgress {
  recordCount = 0;

  constructor(
    private readonly table: Table,
    private readonly report: ReportProgress,
  ) {
    this.reportDone();
  }

  /**
   * The rows of the table, in its batches.
   * @throws Error if a row has not one cell per column, or if there are more or fewer rows than `rowCount`
   */
  async *batches(): AsyncGenerator<RowBatch> {
    const { title, rowCount, columns } = this.table;
    for await (const rows of this.table.rows()) {
      if (rows.some(({ length }) => length !== columns.length))
        throw new Error(`A row of ${title} does not have exactly one cell for each of its ${columns.length} columns`);
      if (this.recordCount + rows.length > rowCount)
        throw new Error(`${title} has more rows than the ${rowCount} counted`);
      yield rows;
      this.recordCount += rows.length;
      this.reportDone();
    }
    if (this.recordCount < rowCount)
      throw new Error(`${title} has ${this.recordCount} rows, but ${rowCount} were counted`);
  }

  private reportDone(): void {
    this.report({ done: this.recordCount, total: this.table.rowCount, unit: 'rows' });
  }
}
