import { Injectable } from '@nestjs/common';
import { recordAggregatedAudit } from '../../platform/audit/aggregated-audit';
import { recordAudit } from '../../platform/audit/audit-log';
import { isCustomer, type Person, type Principal, principalKey } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import { type Page, toPage } from '../../platform/paging';
import type { IdempotentRequest } from '../../platform/idempotent-request';
import { claimIdempotencyKey } from '../../platform/database/idempotency-keys';
import { RequestContext } from '../../platform/observability/request-context';
import { Prisma } from '../../platform/database/generated/client';
import { jsonOf, PrismaService, type Transaction } from '../../platform/database/prisma.service';
import { visibleTo, visibleToAny } from '../../platform/database/visibility';
import type { UsedWindow } from '../../platform/rate-limit';
import { scheduleFileRemoval } from '../../platform/work/file-removals';
import { credentialTypeOf } from '../model/domain/downloads';
import { type Export, objectPrefix, requesterOf } from '../model/domain/export';
import type { ExportKind } from '../model/domain/export-kind';
import { toAuditDetails } from '../model/domain/export-request';
import {
  type RequestExport,
  type DiscardedExports,
  type ExportCreation,
  type ExportCreationTransaction,
  type ExportQuery,
  ExportRepository,
  type ExportVersion,
  type VersionQuery,
} from '../model/domain/interfaces/export.repository';
import { daysToSeconds } from '../model/domain/retention';
import {
  auditOf,
  changeExports,
  endExports,
  mayBecome,
  readExports,
  REQUESTED_BY_USER,
  subjectColumn,
  toExport,
  toStoredEstimate,
} from './export-row';

@Injectable()
export class PrismaExportRepository extends ExportRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly config: Config,
  ) {
    super();
  }

  override creating(
    create: (transaction: ExportCreationTransaction) => Promise<ExportCreation>,
  ): Promise<ExportCreation> {
    return this.prisma.$transaction((transaction) => create(new PrismaCreation(transaction, this.config)));
  }

  override async find(id: string): Promise<Export | null> {
    const row = await this.prisma.export.findUnique({ where: { id } });
    return row && toExport(row);
  }

  override async findOwned(id: string, owner: Principal): Promise<Export | null> {
    const row = await this.prisma.export.findFirst({ where: { id, ...visibleTo(owner).where } });
    return row && toExport(row);
  }

  override async findAll(ids: readonly string[]): Promise<Export[]> {
    return readExports(this.prisma, ids);
  }

  override findVersions({ changedOf, changedWithinMs, unfinishedOf }: VersionQuery): Promise<ExportVersion[]> {
    const since = Prisma.sql`statement_timestamp() - make_interval(secs => ${changedWithinMs / 1000})`;
    // The states are literals: PostgreSQL uses no partial index for a parameter.
    const unfinished = unfinishedOf.length > 0 ? ['pending', 'processing'] : [];
    const parts = [
      versionsOf(changedOf, Prisma.sql`updated_at > ${since}`),
      ...unfinished.map((status) => versionsOf(unfinishedOf, Prisma.sql`status = ${Prisma.raw(`'${status}'`)}`)),
    ];
    return this.prisma.$queryRaw<ExportVersion[]>`${Prisma.join(parts, ' UNION ALL ')}`;
  }

  override async list({ owner, size, cursor, subject, ...filters }: ExportQuery): Promise<Page<Export>> {
    const all = { ...visibleTo(owner).where, ...filters, [subjectColumn(filters.kind)]: subject };
    const [count, rows] = await Promise.all([
      this.prisma.export.count({ where: all }),
      this.prisma.export.findMany({ where: { ...all, id: { lt: cursor } }, orderBy: { id: 'desc' }, take: size + 1 }),
    ]);
    return toPage(count, rows, size, toExport);
  }

  override async cancel(id: string, by: Principal): Promise<Export | null> {
    return this.prisma.$transaction(async (transaction) => {
      const [cancelled] = await endExports(this.prisma, transaction, {
        set: Prisma.sql`status = 'cancelled', attempt_token = NULL`,
        where: Prisma.sql`${owned(id, by)} AND ${mayBecome('cancelled')}`,
        audit: (row) => auditOf(row, 'export.cancelled', { by }),
      });
      // The worker removes its files itself, unless it was killed or the storage is unavailable.
      if (cancelled) await scheduleFileRemoval(transaction, objectPrefix(id));
      return cancelled ?? null;
    });
  }

  override async expire(id: string, by: Principal): Promise<Export | null> {
    const [expired] = await this.prisma.$transaction((transaction) =>
      changeExports(transaction, {
        set: Prisma.sql`status = 'expired', expires_at = now()`,
        where: Prisma.sql`${owned(id, by)} AND NOT streamed AND ${mayBecome('expired')}`,
        audit: (row) => auditOf(row, 'export.file-deleted', { by }),
      }),
    );
    return expired ?? null;
  }

  override discard({ kind, params }: DiscardedExports, by: Principal): Promise<Export[]> {
    const isMeant = Prisma.sql`kind = ${kind} AND params @> ${JSON.stringify(params)}::jsonb`;
    return this.prisma.$transaction(async (transaction) => {
      const cancelled = await endExports(this.prisma, transaction, {
        set: Prisma.sql`status = 'cancelled', attempt_token = NULL`,
        where: Prisma.sql`${isMeant} AND ${mayBecome('cancelled')}`,
        audit: (row) => auditOf(row, 'export.cancelled', { by }),
      });
      for (const { id } of cancelled) await scheduleFileRemoval(transaction, objectPrefix(id));
      const expired = await changeExports(transaction, {
        set: Prisma.sql`status = 'expired', expires_at = now()`,
        where: Prisma.sql`${isMeant} AND NOT streamed AND ${mayBecome('expired')}`,
        audit: (row) => auditOf(row, 'export.file-deleted', { by }),
      });
      return [...cancelled, ...expired];
    });
  }

  override async makeDue(exportIds: readonly string[]): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE exports SET enqueue_after = now()
      WHERE id = ANY(${exportIds}::uuid[]) AND status = 'pending' AND enqueue_after > now()`;
  }

  override async recordDownload(id: string, by: Principal | null, part?: number): Promise<void> {
    await this.prisma.$transaction(async (transaction) => {
      const row = part === undefined ? await countDownload(transaction, id) : await this.find(id);
      if (!row) return;
      const details = { by: credentialTypeOf(by), ...(part !== undefined && { part }) };
      const entry = auditOf(row, 'export.downloaded', { by, details });
      // A link can be used any number of times: its downloads are aggregated.
      await (by === null ? recordAggregatedAudit(transaction, entry, id) : recordAudit(transaction, entry));
    });
  }
}

async function countDownload(transaction: Transaction, id: string): Promise<Export | undefined> {
  const [row] = await changeExports(transaction, {
    set: Prisma.sql`download_count = download_count + 1`,
    where: Prisma.sql`id = ${id}::uuid`,
  });
  return row;
}

function versionsOf(people: readonly Person[], condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT id, updated_at AS "updatedAt", user_id AS "userId", tenant_id AS "tenantId"
    FROM exports WHERE ${condition} AND ${visibleToAny(people)}`;
}

function owned(id: string, owner: Principal): Prisma.Sql {
  return Prisma.sql`id = ${id}::uuid AND ${visibleTo(owner).sql}`;
}

function toRow(id: string, request: RequestExport): Prisma.ExportCreateInput {
  const { owner, kind, params, subject, type, format, dataTypes, filters, options, oneTime, expected } = request;
  const { isLarge, scheduleId, delivery, retentionSeconds, estimate, weight } = request;
  return {
    id,
    kind,
    params: jsonOf(params as object),
    subject,
    [subjectColumn(kind)]: subject,
    type,
    format,
    dataTypes: [...dataTypes],
    filters: filters == null ? undefined : jsonOf(filters),
    ...owner,
    requestedBy: requesterOf(request.caller),
    scheduleId,
    oneTime,
    isLarge,
    options: jsonOf(options),
    deliveries: jsonOf(delivery.deliveries),
    retentionSeconds,
    weight,
    requestId: RequestContext.current()?.requestId ?? id,
    progressTotal: expected.total,
    progressUnit: expected.unit,
    estimate: estimate ? jsonOf(toStoredEstimate(estimate)) : undefined,
  };
}

class PrismaCreation implements ExportCreationTransaction {
  constructor(
    private readonly transaction: Transaction,
    private readonly config: Config,
  ) {}

  claimIdempotencyKey(request: IdempotentRequest, exportId: string): Promise<string | null> {
    return claimIdempotencyKey(this.transaction, request, exportId);
  }

  async lockAccount(account: Principal): Promise<void> {
    await this.transaction.$executeRaw`
      SELECT pg_advisory_xact_lock(hashtextextended(${`exports of ${principalKey(account)}`}, 0))`;
  }

  async find(id: string): Promise<Export | null> {
    const row = await this.transaction.export.findUnique({ where: { id } });
    return row && toExport(row);
  }

  countOpenStreams(owner: Principal): Promise<number> {
    return this.transaction.export.count({
      where: { ...visibleTo(owner).where, streamed: true, status: 'processing' },
    });
  }

  /** The records are the count, for all processes together. */
  async countRequests(
    account: Principal,
    kinds: readonly ExportKind[],
    windowSeconds: number,
  ): Promise<UsedWindow | undefined> {
    const isCounted = isCustomer(account) ? Prisma.sql`true` : REQUESTED_BY_USER;
    const window = Prisma.sql`make_interval(secs => ${windowSeconds})`;
    const [used] = await this.transaction.$queryRaw<UsedWindow[]>`
      SELECT coalesce(sum(weight), 0)::int AS used,
             ceil(extract(epoch FROM min(created_at) + ${window} - statement_timestamp()))::int AS reset
      FROM exports
      WHERE ${visibleTo(account).sql} AND ${isCounted} AND kind = ANY(${[...kinds]}::text[])
        AND created_at > statement_timestamp() - ${window}`;
    return used;
  }

  async insert(id: string, request: RequestExport, attemptToken?: string): Promise<Export> {
    // Leases, expiry and changes are judged by the clock of the database.
    const [{ now } = { now: new Date() }] = await this.transaction.$queryRaw<{ now: Date }[]>`SELECT now() AS now`;
    const state = attemptToken === undefined ? this.pending(request, now) : begunBy(attemptToken, now);
    const data = { ...toRow(id, request), createdAt: now, updatedAt: now, ...state };
    const created = toExport(await this.transaction.export.create({ data }));
    const details = toAuditDetails(request);
    await recordAudit(this.transaction, auditOf(created, 'export.requested', { by: request.caller, details }));
    return created;
  }

  /** The file expires no earlier than if it were made at once; its completion sets the real time. */
  private pending({ retentionSeconds }: RequestExport, now: Date): Partial<Prisma.ExportCreateInput> {
    const seconds = Math.min(retentionSeconds ?? Infinity, daysToSeconds(this.config.exports.retentionDays));
    return { expiresAt: new Date(now.getTime() + seconds * 1000) };
  }
}

/** An export that is streamed in the response to its own request. No file is kept. */
function begunBy(attemptToken: string, now: Date): Partial<Prisma.ExportCreateInput> {
  return { streamed: true, status: 'processing', attempts: 1, attemptToken, heartbeatAt: now, startedAt: now };
}
