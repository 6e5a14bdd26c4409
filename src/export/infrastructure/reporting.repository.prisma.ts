import { isIPv4 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { type Page, toPage } from '../../platform/paging';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';
import type { AuditRecord } from '../model/domain/audit-record';
import type { ExportKind } from '../model/domain/export-kind';
import type { ExportFormat } from '../../formats';
import type { ExportFigures, ExportStats } from '../model/domain/export-stats';
import {
  type AuditQuery,
  type Backlog,
  MAX_COUNTED,
  ReportingRepository,
  type Period,
} from '../model/domain/interfaces/reporting.repository';

interface FiguresRow {
  /** `null` in the rows that do not stand for one. */
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
}

const NOTHING: ExportFigures = {
  total: 0,
  successful: 0,
  failed: 0,
  cancelled: 0,
  unfinished: 0,
  averageMs: null,
  bytes: 0,
  records: 0,
};

@Injectable()
export class PrismaReportingRepository extends ReportingRepository {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override async backlog(): Promise<Backlog> {
    // Each half reads an index that holds nothing else.
    const [row] = await this.prisma.$queryRaw<Backlog[]>`
      SELECT (SELECT count(*)::int FROM exports WHERE status = 'processing') AS processing, waiting.*
      FROM (SELECT count(*)::int AS pending,
                   greatest(coalesce(extract(epoch FROM now() - min(updated_at)), 0), 0)::float8 AS "oldestWaitingSeconds"
            FROM exports WHERE status = 'pending') AS waiting`;
    return row ?? { pending: 0, processing: 0, oldestWaitingSeconds: 0 };
  }

  override async stats(tenantId: string | null, period: Period): Promise<ExportStats> {
    const rows = await this.prisma.$queryRaw<FiguresRow[]>`
      SELECT kind, format, count(*) AS total,
             count(*) FILTER (WHERE is_successful) AS successful,
             count(*) FILTER (WHERE status = 'failed') AS failed,
             count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
             count(*) FILTER (WHERE status IN ('pending', 'processing')) AS unfinished,
             round(extract(epoch FROM avg(completed_at - started_at) FILTER (WHERE is_successful)) * 1000)::float8 AS average_ms,
             coalesce(sum(file_size) FILTER (WHERE is_successful), 0)::bigint AS bytes,
             coalesce(sum(record_count) FILTER (WHERE is_successful), 0)::bigint AS records
      FROM (SELECT *, status IN ('completed', 'expired') AS is_successful
            FROM exports WHERE ${tenantIs(tenantId)} AND ${within('created_at', period)}) AS export
      GROUP BY GROUPING SETS ((), (kind), (format))
      ORDER BY kind, format`;
    const all = rows.find(({ kind, format }) => kind === null && format === null);
    return {
      all: all ? figuresOf(all) : NOTHING,
      byKind: rows.flatMap((row) => (row.kind === null ? [] : [{ kind: row.kind, ...figuresOf(row) }])),
      byFormat: rows.flatMap((row) => (row.format === null ? [] : [{ format: row.format, ...figuresOf(row) }])),
    };
  }

  override async log(tenantId: string | null, query: AuditQuery): Promise<Page<AuditRecord>> {
    const { size, cursor } = query;
    const all = Prisma.join([tenantIs(tenantId), within('at', query), ...filtersOf(query)], ' AND ');
    const older =
      cursor === undefined
        ? Prisma.sql`true`
        : Prisma.sql`(at, id) < ((SELECT at FROM export_audit_log WHERE id = ${cursor}::bigint AND ${tenantIs(tenantId)}),
                                 ${cursor}::bigint)`;
    const [[counted], rows] = await Promise.all([
      this.prisma.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM (SELECT FROM export_audit_log WHERE ${all} LIMIT ${MAX_COUNTED}) AS entry`,
      this.prisma.$queryRaw<AuditRecord[]>`
        SELECT id, at, action, export_id AS "exportId", schedule_id AS "scheduleId", user_id AS "userId", tenant_id AS "tenantId",
               customer_id AS "customerId", request_id AS "requestId", address, details
        FROM export_audit_log WHERE ${all} AND ${older} ORDER BY at DESC, id DESC LIMIT ${size + 1}`,
    ]);
    return toPage(counted?.count ?? 0, rows, size, (record) => record);
  }
}

function tenantIs(tenantId: string | null): Prisma.Sql {
  return tenantId === null ? Prisma.sql`true` : Prisma.sql`tenant_id = ${tenantId}`;
}

function within(column: 'at' | 'created_at', { from, to }: Period): Prisma.Sql {
  const moment = Prisma.raw(column);
  const bounds = [
    ...(from ? [Prisma.sql`${moment} >= ${from.toISOString()}::timestamptz`] : []),
    ...(to ? [Prisma.sql`${moment} < ${to.toISOString()}::timestamptz`] : []),
  ];
  return bounds.length > 0 ? Prisma.join(bounds, ' AND ') : Prisma.sql`true`;
}

function filtersOf(query: AuditQuery): Prisma.Sql[] {
  const { userId, customerId, tenantId, action, exportId, scheduleId, address } = query;
  return [
    ...(userId === undefined ? [] : [Prisma.sql`user_id = ${userId}`]),
    ...(customerId === undefined ? [] : [Prisma.sql`customer_id = ${customerId}::uuid`]),
    ...(tenantId === undefined ? [] : [tenantIs(tenantId)]),
    ...(action === undefined ? [] : [actionIs(action)]),
    ...(exportId === undefined ? [] : [Prisma.sql`export_id = ${exportId}::uuid`]),
    ...(scheduleId === undefined ? [] : [Prisma.sql`schedule_id = ${scheduleId}::uuid`]),
    ...(address === undefined ? [] : [Prisma.sql`address IN (${Prisma.join(spellingsOf(address))})`]),
  ];
}

function actionIs(action: string): Prisma.Sql {
  if (!action.endsWith('*')) return Prisma.sql`action = ${action}`;
  const beginning = action.slice(0, -1).replace(/[\\%_]/g, '\\$&');
  return Prisma.sql`action LIKE ${`${beginning}%`}`;
}

/** A server that listens on IPv6 and IPv4 at once writes an address of IPv4 within one of IPv6. */
function spellingsOf(address: string): string[] {
  return isIPv4(address) ? [address, `::ffff:${address}`] : [address.toLowerCase()];
}

// Rows and bytes stay far below 2^53.
function figuresOf(row: FiguresRow): ExportFigures {
  return {
    total: Number(row.total),
    successful: Number(row.successful),
    failed: Number(row.failed),
    cancelled: Number(row.cancelled),
    unfinished: Number(row.unfinished),
    averageMs: row.average_ms,
    bytes: Number(row.bytes),
    records: Number(row.records),
  };
}
