import { Injectable } from '@nestjs/common';
import type { SourceEstimate } from '../../../export';
import type { ExportWarning, TableForecast } from '../../../formats';
import { Config } from '../../../platform/config/config';
import type { EstimateQueries, MeasuredRows, PlannedQuery } from '../domain/interfaces/estimate-queries';
import type { TablePlan } from '../domain/table-plan';
import type { CheckedPlan } from './data-planner';

/** The share of the time of an estimate for the first rows of all tables, which are all rows of most users. The rest is for counts. */
const SHARE_OF_FIRST_ROWS = 0.4;
/** A whole table is as large as its statistics say; only a small one is counted. */
const MAX_COST_OF_WHOLE_TABLE = 5_000;
/** About what PostgreSQL counts in a millisecond. */
const COUNTED_COST_PER_MS = 450;
/** The cost of the part of a table that is read if all of it is too much. */
const COST_OF_PART = 3_000;
/** The share of the time for counts that stays for a part of the table. */
const SHARE_OF_PART = 0.4;
/** Fewer hits in a part of a table say little about the rest. */
const MIN_HITS = 25;

interface EstimatedTable {
  readonly forecast: TableForecast;
  readonly samples: MeasuredRows['samples'];
  readonly warnings: readonly ExportWarning[];
}

/**
 * Estimates what plans read. An estimate of PostgreSQL is made of statistics of all rows, so it is used only for callers who may
 * read all rows. For others, their own rows are counted: all of them, or those in a random part of the table.
 */
@Injectable()
export class RowEstimates {
  constructor(private readonly config: Config) {}

  /**
   * @param sampleRows how many rows of each table to show
   * @throws DomainError if the rows cannot be read
   */
  async estimate(
    checked: readonly CheckedPlan[],
    queries: EstimateQueries,
    sampleRows: number,
  ): Promise<SourceEstimate> {
    const measuring = new Budget(this.config.exports.estimateMs * SHARE_OF_FIRST_ROWS);
    const counting = new Budget(this.config.exports.estimateMs * (1 - SHARE_OF_FIRST_ROWS));
    const tables: EstimatedTable[] = [];
    for (const { plan, planned } of checked) {
      const measured = await measuring.spend(() => queries.measure(plan, sampleRows, measuring.remaining));
      const known = measured?.count ?? null;
      const { rows, warnings } =
        known === null
          ? await counting.spend(() => estimateRows(plan, planned, queries, counting))
          : { rows: known, warnings: [] };
      tables.push({ forecast: toForecast(plan, rows, measured), samples: measured?.samples ?? [], warnings });
    }
    const counts = tables.map(({ forecast }) => forecast.rows);
    return {
      unit: 'rows',
      count: counts.every((rows) => rows !== null) ? counts.reduce((sum, rows) => sum + rows, 0) : null,
      content: 'relations',
      tables: tables.map(({ forecast }) => forecast),
      samples: tables.map(({ forecast: { name, columns }, samples }) => ({ name, columns, rows: samples })),
      warnings: tables.flatMap(({ warnings }) => warnings),
    };
  }
}

interface EstimatedRows {
  readonly rows: number | null;
  readonly warnings: readonly ExportWarning[];
}

async function estimateRows(
  plan: TablePlan,
  { rows: expected, cost }: PlannedQuery,
  queries: EstimateQueries,
  budget: Budget,
): Promise<EstimatedRows> {
  const isRestricted = plan.accessPredicates.length > 0;
  const isWhole = !isRestricted && plan.conditions.length === 0;
  if (cost <= (isWhole ? MAX_COST_OF_WHOLE_TABLE : budget.milliseconds * COUNTED_COST_PER_MS)) {
    const share = cost > COST_OF_PART ? 1 - SHARE_OF_PART : 1;
    const rows = await queries.count(plan, budget.remaining * share);
    if (rows !== null) return { rows, warnings: [] };
  }
  const { hasOwnRows, scanCost, isStale } = await queries.statistics(plan);
  if (isWhole && hasOwnRows) return { rows: expected, warnings: isStale ? [stale(plan)] : [] };
  const part = hasOwnRows ? Math.min(1, COST_OF_PART / Math.max(1, scanCost)) : null;
  const hits = part === null ? null : await queries.countPart(plan, part, budget.remaining);
  const found = part === null || hits === null ? null : Math.round(hits / part);
  if (hits !== null && hits >= MIN_HITS) return { rows: found, warnings: [] };
  const warnings = [uncertain(plan), ...(isStale && !isRestricted ? [stale(plan)] : [])];
  if (isRestricted) return { rows: found === 0 ? null : found, warnings };
  // A part without a hit bounds what the statistics can be wrong by.
  return {
    rows: found === 0 && part !== null ? Math.min(expected, Math.round(3 / part)) : (found ?? expected),
    warnings,
  };
}

function toForecast({ table, columns }: TablePlan, rows: number | null, measured: MeasuredRows | null): TableForecast {
  return {
    name: table.name,
    columns: columns.map(({ name }) => name),
    rows,
    rowBytes: measured?.rowBytes ?? columns.length * ASSUMED_CELL_BYTES,
    longestText: measured?.longestText ?? 0,
  };
}

/** Of a table whose rows could not be read in time. */
const ASSUMED_CELL_BYTES = 12;

function uncertain({ table: { name } }: TablePlan): ExportWarning {
  const text = `The rows of ${name} could not be counted in time: the estimate may be far off, or is missing.`;
  return { code: 'estimate-uncertain', text };
}

function stale({ table: { name } }: TablePlan): ExportWarning {
  const text = `The database has no recent statistics of ${name}: the estimate may be far off.`;
  return { code: 'statistics-stale', text };
}

/** The time that queries of one purpose may take together. */
class Budget {
  private spent = 0;
  private startedAt: number | null = null;

  constructor(readonly milliseconds: number) {}

  get remaining(): number {
    const running = this.startedAt === null ? 0 : performance.now() - this.startedAt;
    return Math.max(0, this.milliseconds - this.spent - running);
  }

  async spend<Result>(work: () => Promise<Result>): Promise<Result> {
    this.startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.spent = this.milliseconds - this.remaining;
      this.startedAt = null;
    }
  }
}
