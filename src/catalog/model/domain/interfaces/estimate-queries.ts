import type { TablePlan } from '../table-plan';

/** What PostgreSQL expects of the query of a plan. */
export interface PlannedQuery {
  readonly rows: number;
  /** In PostgreSQL's units of cost. */
  readonly cost: number;
}

export interface TableStatistics {
  /** Whether it stores rows itself, so that a random part of them can be read. Views do not. */
  readonly hasOwnRows: boolean;
  /** What reading all of it costs, in PostgreSQL's units of cost. */
  readonly scanCost: number;
  /** Whether PostgreSQL never analyzed it, or much of it changed since. */
  readonly isStale: boolean;
}

/** The first rows of a plan. */
export interface MeasuredRows {
  /** The number of all rows, if they were read to the last. */
  readonly count: number | null;
  /** As text. A long text is cut and ends with `…`. */
  readonly samples: readonly (readonly (string | null)[])[];
  /** The average length of all values of a row as text, in bytes; `null` without rows. */
  readonly rowBytes: number | null;
  /** The longest text, in characters. */
  readonly longestText: number;
}

/** Queries that estimate what a plan reads. Each ends within its timeout, or returns `null`. */
export interface EstimateQueries {
  statistics(plan: TablePlan): Promise<TableStatistics>;

  /** Counts all rows of a plan. */
  count(plan: TablePlan, timeoutMs: number): Promise<number | null>;

  /**
   * Counts the rows of a plan in a random part of its table.
   * @param share above 0, at most 1
   */
  countPart(plan: TablePlan, share: number, timeoutMs: number): Promise<number | null>;

  /** @param sampleRows how many rows to return; more are measured */
  measure(plan: TablePlan, sampleRows: number, timeoutMs: number): Promise<MeasuredRows | null>;
}
