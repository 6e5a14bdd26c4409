import type { ReportProgress } from './writer';
import type { Projection, Relation, RenderedRows } from './relation';

/** Counts the rows of a file while they go out, and tells how far it is. */
export class RowTally {
  private readonly counts = new Map<Relation, number>();
  private readonly total: number | null;

  constructor(
    relations: readonly Relation[],
    private readonly report: ReportProgress,
  ) {
    const totals = relations.map(({ rowCount }) => rowCount);
    this.total = totals.includes(null) ? null : totals.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    this.tell(0);
  }

  /** The rows that have gone out, as PostgreSQL counted them. */
  get recordCount(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  countOf(relation: Relation): number {
    return this.counts.get(relation) ?? 0;
  }

  /** The rows of a relation as `relation.render` gives them, counted. */
  render(relation: Relation, projection: Projection): RenderedRows {
    const rows = relation.render(projection, (done) => {
      this.tell(this.recordCount + done);
    });
    return { [Symbol.asyncIterator]: () => this.counted(relation, rows), count: () => rows.count() };
  }

  private async *counted(relation: Relation, rows: RenderedRows): AsyncGenerator<Buffer> {
    yield* rows;
    this.counts.set(relation, rows.count());
    this.tell(this.recordCount);
  }

  private tell(done: number): void {
    this.report({ done, total: this.total, unit: 'rows' });
  }
}
