import type { Snapshot } from '../../platform/database/snapshot';
import { Sql, sql } from '../../platform/database/sql';
import type {
  EstimateQueries,
  MeasuredRows,
  PlannedQuery,
  TableStatistics,
} from '../model/domain/interfaces/estimate-queries';
import type { TablePlan } from '../model/domain/table-plan';
import { selectRows, toRowError, toTableName } from './row-query';

const QUERY_CANCELED = '57014';
/** Shorter timeouts would cancel what surrounds the statement. PostgreSQL takes 0 for no timeout. */
const MIN_TIMEOUT_MS = 5;
const MAX_ROLLBACKS = 10;

/** How many rows are read to learn their average length. */
const MEASURED_ROWS = 1_000;
const MAX_SAMPLE_CHARACTERS = 1_000;

/** From this share of changed rows on, statistics are stale. PostgreSQL analyzes a table by itself at 10 %. */
const STALE_SHARE = 0.2;
const MIN_STALE_ROWS = 1_000;

/** PostgreSQL's defaults: `cpu_tuple_cost` and one operator. A page costs 1. */
const COST_OF_ROW = 0.0125;

/** Runs in a snapshot whose other queries must not fail with these. */
export class PostgresEstimateQueries implements EstimateQueries {
  constructor(private readonly snapshot: Snapshot) {}

  async statistics({ table }: TablePlan): Promise<TableStatistics> {
    const name = Sql.literal(toTableName(table).text);
    const [row] = await this.snapshot.query<{ kind: string; rows: number; pages: number; changed: number }>(sql`
      SELECT relkind AS kind, reltuples::float8 AS rows, relpages::float8 AS pages, pg_stat_get_mod_since_analyze(oid)::float8 AS changed
      FROM pg_catalog.pg_class WHERE oid = ${name}::pg_catalog.regclass`);
    if (!row) return { hasOwnRows: false, scanCost: 0, isStale: true };
    const { kind, rows, pages, changed } = row;
    const hasOwnRows = kind === 'r' || kind === 'm' || kind === 'p';
    const scanCost = pages + Math.max(0, rows) * COST_OF_ROW;
    return {
      hasOwnRows,
      scanCost,
      isStale: hasOwnRows && (rows < 0 || changed > Math.max(MIN_STALE_ROWS, rows * STALE_SHARE)),
    };
  }

  count(plan: TablePlan, timeoutMs: number): Promise<number | null> {
    return this.countRowsOf(plan, selectRows(plan), timeoutMs);
  }

  countPart(plan: TablePlan, share: number, timeoutMs: number): Promise<number | null> {
    const percent = Sql.literal(String(share * 100));
    return this.countRowsOf(plan, selectRows(plan, sql` TABLESAMPLE SYSTEM (${percent}::float4)`), timeoutMs);
  }

  async measure(plan: TablePlan, sampleRows: number, timeoutMs: number): Promise<MeasuredRows | null> {
    const columns = plan.columns.map(({ name }) => sql`"row".${Sql.identifier(name)}::text`);
    const cells = columns.map(
      (text) => sql`CASE WHEN length(${text}) > ${Sql.integer(MAX_SAMPLE_CHARACTERS)}
        THEN left(${text}, ${Sql.integer(MAX_SAMPLE_CHARACTERS)}) || '…' ELSE ${text} END`,
    );
    const texts = plan.columns.flatMap(({ family }, index) => (family === 'text' ? (columns[index] ?? []) : []));
    const longest = texts.length > 0 ? sql`greatest(${Sql.join(texts.map((text) => sql`length(${text})`))})` : sql`0`;
    const bytes = Sql.join(
      columns.map((text) => sql`coalesce(octet_length(${text}), 0)`),
      ' + ',
    );
    const statement = sql`
      SELECT count(bytes)::float8 AS count, json_agg(cells) FILTER (WHERE cells IS NOT NULL) AS samples, avg(bytes)::float8 AS "rowBytes",
             coalesce(max(longest), 0)::float8 AS "longestText"
      FROM (SELECT CASE WHEN row_number() OVER () <= ${Sql.integer(sampleRows)} THEN ARRAY[${Sql.join(cells)}] END AS cells,
                   ${bytes} AS bytes, ${longest} AS longest
            FROM (${selectRows(plan)} LIMIT ${Sql.integer(MEASURED_ROWS)}) AS "row") AS measured`;
    const [row] = (await this.within<MeasuredRow>(plan, statement, timeoutMs)) ?? [];
    if (!row) return null;
    return { ...row, samples: row.samples ?? [], count: row.count < MEASURED_ROWS ? row.count : null };
  }

  private async countRowsOf(plan: TablePlan, rows: Sql, timeoutMs: number): Promise<number | null> {
    const counted = await this.within<{ count: string }>(plan, sql`SELECT count(*) FROM (${rows}) AS "row"`, timeoutMs);
    return counted ? Number(counted[0]?.count) : null;
  }

  /** @returns `null` if the statement takes longer */
  private async within<Row extends object>(plan: TablePlan, statement: Sql, timeoutMs: number): Promise<Row[] | null> {
    const timeout = Math.floor(timeoutMs);
    if (timeout < MIN_TIMEOUT_MS) return null;
    // One message, because an estimate of many tables consists of round trips.
    await this.snapshot.query(sql`SAVEPOINT estimated; SET LOCAL statement_timeout = ${Sql.integer(timeout)}`);
    try {
      return await this.snapshot.query<Row>(statement);
    } catch (error) {
      if ((error as { code?: unknown }).code === QUERY_CANCELED) return null;
      throw toRowError(plan.table.name, error);
    } finally {
      await this.rollBack();
    }
  }

  /** The timeout of the statement applies to the rollback too. Without it, every later query of the snapshot would fail. */
  private async rollBack(): Promise<void> {
    for (let attempt = 0; attempt < MAX_ROLLBACKS; attempt += 1) {
      try {
        await this.snapshot.query(sql`ROLLBACK TO SAVEPOINT estimated`);
        return;
      } catch (error) {
        // A broken connection has failed the statement as well.
        if ((error as { code?: unknown }).code !== QUERY_CANCELED) return;
      }
    }
  }
}

interface MeasuredRow {
  readonly count: number;
  readonly samples: string[][] | null;
  readonly rowBytes: number | null;
  readonly longestText: number;
}

/** The answer of EXPLAIN in JSON. */
export interface Explained extends Record<string, unknown> {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Plan Rows': number; readonly 'Total Cost': number } }];
}

export function toPlannedQuery({ 'QUERY PLAN': [{ Plan: plan }] }: Explained): PlannedQuery {
  return { rows: plan['Plan Rows'], cost: plan['Total Cost'] };
}
