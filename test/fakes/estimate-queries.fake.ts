import type {
  EstimateQueries,
  MeasuredRows,
  TableStatistics,
} from '../../src/catalog/model/domain/interfaces/estimate-queries';
import type { TablePlan } from '../../src/catalog/model/domain/table-plan';

/** Counts tables without a database, and says `null` for counts that take longer than allowed. */
export class FakeEstimateQueries implements EstimateQueries {
  hits = 0;
  /** How long it takes to count all of a table. */
  countMs = 1;
  table: TableStatistics = { hasOwnRows: true, scanCost: 1_000_000, isStale: false };
  measured: MeasuredRows | null = { count: null, samples: [['1']], rowBytes: 10, longestText: 3 };
  readonly asked: string[] = [];

  statistics(): Promise<TableStatistics> {
    return Promise.resolve(this.table);
  }

  count(_: TablePlan, timeoutMs: number): Promise<number | null> {
    this.asked.push('count');
    return Promise.resolve(timeoutMs < this.countMs ? null : this.hits);
  }

  countPart(_: TablePlan, share: number, timeoutMs: number): Promise<number | null> {
    this.asked.push('part');
    return Promise.resolve(timeoutMs < this.countMs * share ? null : Math.round(this.hits * share));
  }

  measure(): Promise<MeasuredRows | null> {
    return Promise.resolve(this.measured);
  }
}
