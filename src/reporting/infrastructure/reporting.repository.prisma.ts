import { isIPv4 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { type Page, toPage } from '../../platform/paging';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';
import type { ExportKind } from '../../export';
import type { ExportFormat } from '../../formats';
import type { DailyStats } from '../model/domain/daily-stats';
import type { BoundedPeriod, Period } from '../model/domain/period';
import {
  type AuditQuery,
  ACCURATE_SHARE,
  type AuditRecord,
  type EstimateAccuracy,
  type ExportFigures,
  type ExportStats,
  MAX_COMPARED_ESTIMATES,
  MAX_COUNTED,
  ReportingRepository,
} from '../model/domain/reporting.repository';
import { readDailyStats } from './daily-stats.prisma';

interface FiguresRow {
  /** `null` in rows that sum over all kinds; likewise `format`. */
  readonly kind: ExportKind | null;
  readonly format: ExportFormat | null;
  readonly total: bigint;
  readonly successful: bigint;
  readonly failed: bigint;
  readonly cancelled: bigint;
  readonly unfinished: bigint;
  readonly average_ms: number | null;
  readonly bytes: bigint;
  readonly records: bigint;
  readonly estimated: bigint;
  readonly records_deviation: number | null;
  readonly records_accurate: number | null;
  readonly bytes_deviation: number | null;
  readonly bytes_accurate: number | null;
  readonly duration_deviation: number | null;
  readonly duration_accurate: number | null;
}

const NO_ACCURACY: EstimateAccuracy = { medianDeviation: null, accurateShare: null };

const NO_EXPORTS: ExportFigures = {
  total: 0,
  successful: 0,
  failed: 0,
  cancelled: 0,
  unfinished: 0,
  averageMs: null,
  bytes: 0,
  records: 0,
  estimates: { estimated: 0, records: NO_ACCURACY, bytes: NO_ACCURACY, duration: NO_ACCURACY },
};

@Injectable()
export class PrismaReportingRepository extends ReportingRepository {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override async stats(tenantId: string | null, period: Period): Promise<ExportStats> {
    const isCounted = Prisma.sql`${isOfTenant(tenantId)} AND ${isWithin('created_at', period)}`;
    const isEstimated = Prisma.sql`${isCounted} AND estimate IS NOT NULL AND ${IS_SUCCESSFUL}`;
    // PostgreSQL has no parallel workers for grouping sets: they sum up a few rows, which workers count from indexes.
    const rows = await this.prisma.$queryRaw<FiguresRow[]>`
      WITH counted AS (
        SELECT kind, format, status, count(*) AS total, sum(completed_at - started_at) AS took, count(completed_at - started_at) AS timed,
               sum(file_size) AS bytes, sum(record_count) AS records
        FROM exports WHERE ${isCounted} GROUP BY kind, format, status
      ), estimates AS (
        SELECT kind, format, status, count(*) AS estimated FROM exports WHERE ${isEstimated} GROUP BY kind, format, status
      ), figures AS (
        SELECT kind, format, ${sumOf('total')} AS total,
               ${sumOf('total', IS_SUCCESSFUL)} AS successful,
               ${sumOf('total', Prisma.sql`status = 'failed'`)} AS failed,
               ${sumOf('total', Prisma.sql`status = 'cancelled'`)} AS cancelled,
               ${sumOf('total', Prisma.sql`status IN ('pending', 'processing')`)} AS unfinished,
               round(extract(epoch FROM sum(took) FILTER (WHERE ${IS_SUCCESSFUL})
                     / nullif(sum(timed) FILTER (WHERE ${IS_SUCCESSFUL}), 0)) * 1000)::float8 AS average_ms,
               ${sumOf('bytes', IS_SUCCESSFUL)} AS bytes,
               ${sumOf('records', IS_SUCCESSFUL)} AS records,
               ${sumOf('estimated')} AS estimated
        FROM counted LEFT JOIN estimates USING (kind, format, status)
        GROUP BY GROUPING SETS ((), (kind), (format))
      ), accuracies AS (
        SELECT kind, format, ${accuracyOf('records')}, ${accuracyOf('bytes')}, ${accuracyOf('duration')}
        FROM (SELECT kind, format, ${DEVIATIONS} FROM exports WHERE ${isEstimated}
              ORDER BY created_at DESC LIMIT ${MAX_COMPARED_ESTIMATES}) AS export
        GROUP BY GROUPING SETS ((), (kind), (format))
      )
      SELECT figures.*, records_deviation, records_accurate, bytes_deviation, bytes_accurate, duration_deviation, duration_accurate
      FROM figures LEFT JOIN accuracies ON (figures.kind, figures.format) IS NOT DISTINCT FROM (accuracies.kind, accuracies.format)
      ORDER BY kind, format`;
    const total = rows.find(({ kind, format }) => kind === null && format === null);
    return {
      all: total ? toFigures(total) : NO_EXPORTS,
      byKind: rows.flatMap((row) => (row.kind === null ? [] : [{ kind: row.kind, ...toFigures(row) }])),
      byFormat: rows.flatMap((row) => (row.format === null ? [] : [{ format: row.format, ...toFigures(row) }])),
    };
  }

  override dailyStats(tenantId: string | null, period: BoundedPeriod): Promise<DailyStats> {
    return readDailyStats(this.prisma, isOfTenant(tenantId), period);
  }

  override async findAuditEntries(tenantId: string | null, query: AuditQuery): Promise<Page<AuditRecord>> {
    const { size, cursor } = query;
    const matches = Prisma.join([isOfTenant(tenantId), isWithin('at', query), ...toConditions(query)], ' AND ');
    const older =
      cursor === undefined
        ? Prisma.sql`true`
        : Prisma.sql`(at, id) < ((SELECT at FROM export_audit_log WHERE id = ${cursor}::bigint AND ${isOfTenant(tenantId)}),
                                 ${cursor}::bigint)`;
    const [[counted], rows] = await Promise.all([
      this.prisma.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM (SELECT FROM export_audit_log WHERE ${matches} LIMIT ${MAX_COUNTED}) AS entry`,
      this.prisma.$queryRaw<AuditRecord[]>`
        SELECT id, at, action, export_id AS "exportId", schedule_id AS "scheduleId", user_id AS "userId", tenant_id AS "tenantId",
               customer_id AS "customerId", request_id AS "requestId", address, details
        FROM export_audit_log WHERE ${matches} AND ${older} ORDER BY at DESC, id DESC LIMIT ${size + 1}`,
    ]);
    return toPage(counted?.count ?? 0, rows, size, (record) => record);
  }
}

/** As the index of estimated exports has it: PostgreSQL uses the index only for this condition. */
const IS_SUCCESSFUL = Prisma.sql`status IN ('completed', 'expired')`;

function sumOf(column: 'total' | 'bytes' | 'records' | 'estimated', isAdded = Prisma.sql`true`): Prisma.Sql {
  return Prisma.sql`coalesce(sum(${Prisma.raw(column)}) FILTER (WHERE ${isAdded}), 0)::bigint`;
}

/**
 * The deviations of the estimate of a successful export from what was true. The length of a streamed export depends on its client.
 * A file of no rows counts as one of one row.
 */
const DEVIATIONS = Prisma.sql`
  abs((estimate->>'record_count')::float8 - coalesce(record_count, page_count))
    / greatest(coalesce(record_count, page_count), 1) AS records_deviation,
  abs((estimate->>'file_size')::float8 / greatest(file_size, 1) - 1) AS bytes_deviation,
  CASE WHEN NOT streamed THEN abs((estimate->>'duration_seconds')::float8
    / greatest(extract(epoch FROM completed_at - started_at)::float8, 0.001) - 1) END AS duration_deviation`;

function accuracyOf(figure: 'records' | 'bytes' | 'duration'): Prisma.Sql {
  const deviation = Prisma.raw(`${figure}_deviation`);
  const [median, share] = [deviation, Prisma.raw(`${figure}_accurate`)];
  return Prisma.sql`percentile_cont(0.5) WITHIN GROUP (ORDER BY ${deviation}) AS ${median},
             avg((${deviation} <= ${ACCURATE_SHARE})::int)::float8 AS ${share}`;
}

function isOfTenant(tenantId: string | null): Prisma.Sql {
  return tenantId === null ? Prisma.sql`true` : Prisma.sql`tenant_id = ${tenantId}`;
}

function isWithin(column: 'at' | 'created_at', { from, to }: Period): Prisma.Sql {
  const moment = Prisma.raw(column);
  const bounds = [
    ...(from ? [Prisma.sql`${moment} >= ${from.toISOString()}::timestamptz`] : []),
    ...(to ? [Prisma.sql`${moment} < ${to.toISOString()}::timestamptz`] : []),
  ];
  return bounds.length > 0 ? Prisma.join(bounds, ' AND ') : Prisma.sql`true`;
}

function toConditions(query: AuditQuery): Prisma.Sql[] {
  const { userId, customerId, tenantId, action, exportId, scheduleId, address } = query;
  return [
    ...(userId === undefined ? [] : [Prisma.sql`user_id = ${userId}`]),
    ...(customerId === undefined ? [] : [Prisma.sql`customer_id = ${customerId}::uuid`]),
    ...(tenantId === undefined ? [] : [isOfTenant(tenantId)]),
    ...(action === undefined ? [] : [isAction(action)]),
    ...(exportId === undefined ? [] : [Prisma.sql`export_id = ${exportId}::uuid`]),
    ...(scheduleId === undefined ? [] : [Prisma.sql`schedule_id = ${scheduleId}::uuid`]),
    ...(address === undefined ? [] : [Prisma.sql`address IN (${Prisma.join(toSpellings(address))})`]),
  ];
}

function isAction(action: string): Prisma.Sql {
  if (!action.endsWith('*')) return Prisma.sql`action = ${action}`;
  const prefix = action.slice(0, -1).replace(/[\\%_]/g, '\\$&');
  return Prisma.sql`action LIKE ${`${prefix}%`}`;
}

/** A dual-stack server records an IPv4 address as IPv4-mapped IPv6. */
function toSpellings(address: string): string[] {
  return isIPv4(address) ? [address, `::ffff:${address}`] : [address.toLowerCase()];
}

// Rows and bytes stay far below 2^53.
function toFigures(row: FiguresRow): ExportFigures {
  return {
    total: Number(row.total),
    successful: Number(row.successful),
    failed: Number(row.failed),
    cancelled: Number(row.cancelled),
    unfinished: Number(row.unfinished),
    averageMs: row.average_ms,
    bytes: Number(row.bytes),
    records: Number(row.records),
    estimates: {
      estimated: Number(row.estimated),
      records: { medianDeviation: row.records_deviation, accurateShare: row.records_accurate },
      bytes: { medianDeviation: row.bytes_deviation, accurateShare: row.bytes_accurate },
      duration: { medianDeviation: row.duration_deviation, accurateShare: row.duration_accurate },
    },
  };
}
