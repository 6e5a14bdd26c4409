import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { recordAggregatedAudit } from '../../platform/audit/aggregated-audit';
import { recordAudit } from '../../platform/audit/audit-log';
import { type CustomerPrincipal, isCustomer, type Principal, principalKey } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import type { RateLimit } from '../../platform/rate-limit';
import { DomainError } from '../../platform/errors/domain-error';
import { type Page, toPage } from '../../platform/paging';
import type { IdempotentRequest } from '../../platform/idempotent-request';
import { claimIdempotencyKey } from '../../platform/database/idempotency-keys';
import { RequestContext } from '../../platform/observability/request-context';
import { Prisma } from '../../platform/database/generated/client';
import { jsonOf } from '../../platform/database/json';
import { visibleTo } from '../../platform/database/visibility';
import { PrismaService, type Transaction } from '../../platform/database/prisma.service';
import { type LimitUse, type RateLimitState, takeOneMoreOfAll, type UsedWindow } from '../../platform/rate-limit';
import { scheduleFileRemoval } from '../../platform/work/file-removals';
import { credentialTypeOf } from '../model/domain/downloads';
import type { Export, FinishedFile, StoredObject } from '../model/domain/export';
import type { ExportKind } from '../model/domain/export-kind';
import type { RequestExport } from '../model/domain/export-request';
import { objectPrefix } from '../model/domain/object-key';
import { requesterOf } from '../model/domain/record-owner';
import { daysToSeconds } from '../model/domain/retention';
import { type ExportCreation, type ExportQuery, ExportRepository } from '../model/domain/interfaces/export.repository';
import {
  auditOf,
  changeExports,
  endExports,
  mayBecome,
  readExports,
  REQUESTED_BY_USER,
  subjectColumn,
  toExport,
} from './export-row';
import { publishedFile } from './published-file';

/** Each holds a connection to the database for as long as its reader takes. */
const STREAMS_OF_ONE_OWNER = 3;
const STREAM_RETRY_SECONDS = 5;

@Injectable()
export class PrismaExportRepository extends ExportRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly config: Config,
  ) {
    super();
  }

  override create(
    request: RequestExport,
    idempotency: IdempotentRequest | null,
    attemptToken?: string,
  ): Promise<ExportCreation> {
    const id = request.id ?? uuidv7();
    return this.prisma.$transaction(async (transaction) => {
      const { caller, kind } = request;
      const customer = customerBehind(request);
      const key = idempotency && (await claimIdempotencyKey(transaction, idempotency, id));
      // Always in this order: two creations never wait for each other.
      if (customer) await acquire(transaction, customer);
      await acquire(transaction, caller);
      const earlier = await transaction.export.findUnique({ where: { id: key ?? id } });
      if (earlier) return { export: toExport(earlier), isNew: false, rateLimit: null };
      if (attemptToken !== undefined) await refuseOneStreamMore(transaction, caller);
      const limitState = await takeFromLimits(transaction, request, customer);
      const now = await clockOf(transaction);
      const data = {
        ...newRow(id, request),
        ...(attemptToken === undefined
          ? { expiresAt: earliestExpiry(request, now, this.config.exports.retentionDays) }
          : begunBy(attemptToken, now)),
      };
      const created = toExport(await transaction.export.create({ data }));
      const details = {
        kind,
        ...(request.type !== null && { type: request.type }),
        format: created.format,
        ...request.audited,
      };
      await recordAudit(transaction, auditOf(created, 'export.requested', { by: caller, details }));
      return { export: created, isNew: true, rateLimit: limitState };
    });
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
      // The worker clears up after itself, unless it was killed or the storage is away.
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

  override replaceFile(
    id: string,
    file: FinishedFile,
    by: Principal,
  ): Promise<{ export: Export; replaced: StoredObject | null } | null> {
    return this.prisma.$transaction(async (transaction) => {
      const before = await transaction.$queryRaw<{ key: string | null; content_type: string | null }[]>`
        SELECT storage_key AS key, content_type FROM exports WHERE ${owned(id, by)} FOR UPDATE`;
      const [completed] = await changeExports(transaction, {
        set: Prisma.sql`status = 'completed', ${publishedFile(file, this.config.exports.retentionDays)}`,
        where: Prisma.sql`${owned(id, by)} AND (status = 'completed' OR ${mayBecome('completed')})`,
        audit: (row) => auditOf(row, 'export.content-uploaded', { by, details: { bytes: file.size } }),
        tells: 'completed',
      });
      if (!completed) return null;
      const { key, content_type: contentType } = before[0] ?? {};
      return { export: completed, replaced: key != null && contentType != null ? { key, contentType } : null };
    });
  }

  override async recordDownload(id: string, by: Principal | null): Promise<void> {
    await this.prisma.$transaction(async (transaction) => {
      const [row] = await changeExports(transaction, {
        set: Prisma.sql`download_count = download_count + 1`,
        where: Prisma.sql`id = ${id}::uuid`,
      });
      if (row) {
        const entry = auditOf(row, 'export.downloaded', { by, details: { by: credentialTypeOf(by) } });
        // A link can be used any number of times.
        await (by === null ? recordAggregatedAudit(transaction, entry, id) : recordAudit(transaction, entry));
      }
    });
  }
}

function owned(id: string, owner: Principal): Prisma.Sql {
  return Prisma.sql`id = ${id}::uuid AND ${visibleTo(owner).sql}`;
}

function newRow(id: string, request: RequestExport): Prisma.ExportCreateInput {
  const { owner, kind, params, subject, type, format, dataTypes, filters, options, oneTime, expected } = request;
  const { scheduleId, delivery, retentionSeconds } = request;
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
    options: jsonOf(options),
    deliveries: jsonOf(delivery.deliveries),
    retentionSeconds,
    requestId: RequestContext.current()?.requestId ?? id,
    progressTotal: expected.total,
    progressUnit: expected.unit,
  };
}

/** The database's clock, by which leases and expiry are judged. */
async function clockOf(transaction: Transaction): Promise<Date> {
  const [{ now } = { now: new Date() }] = await transaction.$queryRaw<{ now: Date }[]>`SELECT now() AS now`;
  return now;
}

/** When the file expires if it is made at once: the true time, which follows at completion, is not earlier. */
function earliestExpiry({ retentionSeconds }: RequestExport, now: Date, retentionDays: number): Date {
  const seconds = Math.min(retentionSeconds ?? Infinity, daysToSeconds(retentionDays));
  return new Date(now.getTime() + seconds * 1000);
}

/** An export that is streamed in the response to its own request. No file is kept. */
function begunBy(attemptToken: string, now: Date): Partial<Prisma.ExportCreateInput> {
  return { streamed: true, status: 'processing', attempts: 1, attemptToken, heartbeatAt: now, startedAt: now };
}

/** Two creations on one account at once would not see each other. */
async function acquire(transaction: Transaction, account: Principal): Promise<void> {
  await transaction.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended(${`exports of ${principalKey(account)}`}, 0))`;
}

/** @throws DomainError limit, when the owner's open streams would leave too few to others */
async function refuseOneStreamMore(transaction: Transaction, owner: Principal): Promise<void> {
  const open = await transaction.export.count({
    where: { ...visibleTo(owner).where, streamed: true, status: 'processing' },
  });
  if (open < STREAMS_OF_ONE_OWNER) return;
  const message = `${STREAMS_OF_ONE_OWNER} exports are being streamed to you already: read them to their ends, or cancel one`;
  throw new DomainError('limit', 'too-many-streams', message, { retryAfterSeconds: STREAM_RETRY_SECONDS });
}

/** The external system that shares the export which a person requests: it counts on its account too. */
function customerBehind({ caller, owner: { customerId, tenantId } }: RequestExport): CustomerPrincipal | null {
  return customerId === null || isCustomer(caller) ? null : { customerId, tenantId };
}

/**
 * Takes one more from the caller's limit, and from that of the external system behind them.
 * @returns the limit that will be used up first; `null` where none holds
 * @throws RateLimitExceededError
 */
async function takeFromLimits(
  transaction: Transaction,
  { caller, kind, rateLimit, customerRateLimit }: RequestExport,
  customer: CustomerPrincipal | null,
): Promise<RateLimitState | null> {
  const uses: LimitUse[] = [];
  if (rateLimit) uses.push({ name: kind, limit: rateLimit, used: await usedOf(transaction, caller, kind, rateLimit) });
  if (customer && customerRateLimit) {
    const used = await usedOf(transaction, customer, kind, customerRateLimit);
    uses.push({ name: 'customer', limit: customerRateLimit, used });
  }
  return takeOneMoreOfAll(uses);
}

/**
 * Counts creations of a kind in the window that ends now, in every process: the records are the count. A customer's are all
 * that it owns, a person's those that they requested.
 */
async function usedOf(
  transaction: Transaction,
  account: Principal,
  kind: ExportKind,
  { windowSeconds }: RateLimit,
): Promise<UsedWindow | undefined> {
  const isCounted = isCustomer(account) ? Prisma.sql`true` : REQUESTED_BY_USER;
  const [window] = await transaction.$queryRaw<UsedWindow[]>`
    SELECT count(*)::int AS used,
           ceil(extract(epoch FROM min(created_at) + make_interval(secs => ${windowSeconds}) - statement_timestamp()))::int AS reset
    FROM exports
    WHERE ${visibleTo(account).sql} AND ${isCounted} AND kind = ${kind}
      AND created_at > statement_timestamp() - make_interval(secs => ${windowSeconds})`;
  return window;
}
