import type { FailureCode } from '../../export';
import type { ExportFormat } from '../../formats';
import { Prisma } from '../../platform/database/generated/client';
import type { PrismaService } from '../../platform/database/prisma.service';
import { type DailyStats, type DayFigures, daysOf, type DurationPercentiles } from '../model/domain/daily-stats';
import type { BoundedPeriod } from '../model/domain/period';

interface Figures {
  readonly total: bigint;
  readonly successful: bigint;
  readonly failed: bigint;
  readonly cancelled: bigint;
  readonly unfinished: bigint;
  readonly bytes: bigint;
  readonly records: bigint;
}

/** Figures of one day, format and reason for failures. */
interface CountsRow extends Figures {
  readonly day: string;
  readonly format: ExportFormat;
  /** `null` for exports that did not fail. */
  readonly code: FailureCode | null;
}

interface DurationsRow {
  /** `null` in the row of all days. */
  readonly day: string | null;
  readonly percentiles: readonly [number, number, number];
}

const NO_DURATIONS: DurationPercentiles = { p50: null, p90: null, p99: null };

/** @param exports the condition for the exports that count, apart from their time */
export async function readDailyStats(
  prisma: PrismaService,
  exports: Prisma.Sql,
  period: BoundedPeriod,
): Promise<DailyStats> {
  // PostgreSQL can tell how many groups there are when the days are rows, and need not sort the exports.
  const counted = Prisma.sql`
    FROM unnest(${daysOf(period)}::date[]) AS day
    JOIN exports ON created_at >= day::timestamp AT TIME ZONE 'UTC' AND created_at < (day + 1)::timestamp AT TIME ZONE 'UTC'
    WHERE ${exports} AND created_at >= ${period.from.toISOString()}::timestamptz
      AND created_at < ${period.to.toISOString()}::timestamptz`;
  const [counts, durations] = await Promise.all([findCounts(prisma, counted), findDurations(prisma, counted)]);
  const durationOf = new Map(durations.map(({ day, percentiles }) => [day, toPercentiles(percentiles)]));
  const countsOf = groupBy(counts, ({ day }) => day);
  return {
    days: daysOf(period).map((day) => ({
      ...sumOf(day, countsOf.get(day) ?? []),
      duration: durationOf.get(day) ?? NO_DURATIONS,
    })),
    duration: durationOf.get(null) ?? NO_DURATIONS,
    failures: [...groupBy(counts, ({ code }) => code)]
      .flatMap(([code, rows]) => (code === null ? [] : [{ code, count: sum(rows, 'failed') }]))
      .sort((one, other) => other.count - one.count || (one.code < other.code ? -1 : 1)),
  };
}

/** Processes of release 0.1.0 write failures without codes. */
function findCounts(prisma: PrismaService, counted: Prisma.Sql): Promise<CountsRow[]> {
  return prisma.$queryRaw`
    SELECT day::text, format, code, count(*) AS total,
           count(*) FILTER (WHERE is_successful) AS successful,
           count(*) FILTER (WHERE status = 'failed') AS failed,
           count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
           count(*) FILTER (WHERE status IN ('pending', 'processing')) AS unfinished,
           coalesce(sum(file_size) FILTER (WHERE is_successful), 0)::bigint AS bytes,
           coalesce(sum(record_count) FILTER (WHERE is_successful), 0)::bigint AS records
    FROM (SELECT day, format, status, file_size, record_count, status IN ('completed', 'expired') AS is_successful,
                 CASE WHEN status = 'failed' THEN coalesce(error_code, 'unspecified') END AS code
          ${counted}) AS export
    GROUP BY day, format, code`;
}

/** The length of a streamed export depends on its client. */
function findDurations(prisma: PrismaService, counted: Prisma.Sql): Promise<DurationsRow[]> {
  return prisma.$queryRaw`
    SELECT day::text, percentile_cont(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY milliseconds) AS percentiles
    FROM (SELECT day, extract(epoch FROM completed_at - started_at)::float8 * 1000 AS milliseconds
          ${counted} AND status IN ('completed', 'expired') AND NOT streamed
            AND started_at IS NOT NULL AND completed_at IS NOT NULL) AS export
    GROUP BY GROUPING SETS ((), (day))
    HAVING count(*) > 0`;
}

function sumOf(day: string, rows: readonly CountsRow[]): Omit<DayFigures, 'duration'> {
  return {
    day,
    total: sum(rows, 'total'),
    successful: sum(rows, 'successful'),
    failed: sum(rows, 'failed'),
    cancelled: sum(rows, 'cancelled'),
    unfinished: sum(rows, 'unfinished'),
    bytes: sum(rows, 'bytes'),
    records: sum(rows, 'records'),
    byFormat: [...groupBy(rows, ({ format }) => format)]
      .map(([format, ofFormat]) => ({ format, total: sum(ofFormat, 'total') }))
      .sort((one, other) => (one.format < other.format ? -1 : 1)),
  };
}

// Rows and bytes stay far below 2^53.
function sum(rows: readonly CountsRow[], name: keyof Figures): number {
  return rows.reduce((total, row) => total + Number(row[name]), 0);
}

function groupBy<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): ReadonlyMap<Key, readonly Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

function toPercentiles([p50, p90, p99]: DurationsRow['percentiles']): DurationPercentiles {
  return { p50: Math.round(p50), p90: Math.round(p90), p99: Math.round(p99) };
}
