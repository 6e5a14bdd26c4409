import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { Config } from '../../platform/config/config';
import { postToOutbox } from '../../platform/outbox/outbox';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';
import { DRAWINGS, MAX_ATTEMPTS, MAX_LOST_DRAWINGS } from '../model/domain/attempt-limits';
import { fromDownloadedBy, credentialTypeOf } from '../model/domain/downloads';
import type { Export, ExportFailure } from '../model/domain/export';
import {
  type Backlog,
  type DeletableObject,
  MaintenanceRepository,
} from '../model/domain/interfaces/maintenance.repository';
import { objectPrefix } from '../model/domain/object-key';
import { SET_DOWNLOADED, auditOf, changeExports, endExports, mayBecome, messagesOf, toExport } from './export-row';

const BATCH = 500;

/** A batch on a busy database takes longer than the seconds that Prisma gives a transaction. */
const BATCH_LIMITS = { maxWait: 10_000, timeout: 30_000 };

/** An export that waits is told to the queue again after so long, in case the job was lost. */
const REMINDER_SECONDS = 30;

const IDEMPOTENCY_DAYS = 7;

/** News that are older than this help nobody. */
const UNTOLD_DAYS = 1;

const DRAWING_LOST: ExportFailure = {
  code: 'drawing-interrupted',
  reason:
    'The service stopped twice while it drew this board. Remove very large or complex images, or export fewer pages, and try again.',
};

const IS_DRAWING = Prisma.sql`kind = ${DRAWINGS.kind} AND format IN (${Prisma.join(DRAWINGS.formats)})`;

const STREAM_BROKE: ExportFailure = {
  code: 'service-stopped',
  reason: 'The service stopped while the rows went out. Ask for them again.',
};

const ATTEMPTS_EXHAUSTED: ExportFailure = {
  code: 'attempts-exhausted',
  reason: `The export was begun ${MAX_ATTEMPTS} times and stopped every time. Try again, or ask for less at once.`,
};

@Injectable()
export class PrismaMaintenanceRepository extends MaintenanceRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly config: Config,
  ) {
    super();
  }

  override async backlog(): Promise<Backlog> {
    // Each half reads a partial index that covers nothing else.
    const [row] = await this.prisma.$queryRaw<Backlog[]>`
      SELECT (SELECT count(*)::int FROM exports WHERE status = 'processing') AS processing, waiting.*
      FROM (SELECT count(*)::int AS pending,
                   greatest(coalesce(extract(epoch FROM now() - min(updated_at)), 0), 0)::float8 AS "oldestWaitingSeconds"
            FROM exports WHERE status = 'pending') AS waiting`;
    return row ?? { pending: 0, processing: 0, oldestWaitingSeconds: 0 };
  }

  override requeueStalled(): Promise<Export[]> {
    const silent = Prisma.sql`status = 'processing'
      AND heartbeat_at < now() - make_interval(secs => ${this.config.exports.leaseSeconds})`;
    return this.prisma.$transaction(async (transaction) => {
      const fail = ({ code, reason }: ExportFailure, which: Prisma.Sql) =>
        endExports(this.prisma, transaction, {
          set: Prisma.sql`status = 'failed', attempt_token = NULL, lost_attempts = lost_attempts + 1,
                          error = ${reason}, error_code = ${code}`,
          where: Prisma.sql`${silent} AND ${which}`,
          audit: (row) => auditOf(row, 'export.failed', { details: { code, reason } }),
          tells: 'failed',
        });
      // Nobody can go on with an answer that broke off.
      const broken = await fail(STREAM_BROKE, Prisma.sql`streamed`);
      const drawings = await fail(
        DRAWING_LOST,
        Prisma.sql`${IS_DRAWING} AND lost_attempts + 1 >= ${MAX_LOST_DRAWINGS}`,
      );
      const failed = await fail(ATTEMPTS_EXHAUSTED, Prisma.sql`attempts >= ${MAX_ATTEMPTS}`);
      const pending = await changeExports(transaction, {
        set: Prisma.sql`status = 'pending', attempt_token = NULL, lost_attempts = lost_attempts + 1, enqueue_after = now()`,
        where: silent,
        audit: (row) => auditOf(row, 'export.attempt-lost'),
      });
      return [...broken, ...drawings, ...failed, ...pending];
    });
  }

  override async claimOverdue(): Promise<string[]> {
    const rows = await this.prisma.$queryRaw<{ id: string }[]>`
      UPDATE exports SET enqueue_after = now() + make_interval(secs => ${REMINDER_SECONDS})
      WHERE id IN (SELECT id FROM exports WHERE status = 'pending' AND enqueue_after <= now()
                   ORDER BY enqueue_after LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING id`;
    return rows.map(({ id }) => id).sort();
  }

  override async makeDue(exportIds: readonly string[]): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE exports SET enqueue_after = now()
      WHERE id = ANY(${exportIds}::uuid[]) AND status = 'pending' AND enqueue_after > now()`;
  }

  override enqueueMissingNotifications(): Promise<number> {
    return this.prisma.$transaction(async (transaction) => {
      const untold = await transaction.$queryRaw<{ id: string }[]>`
        SELECT id FROM exports
        WHERE deliveries <> '[]' AND status IN ('completed', 'failed') AND updated_at > now() - make_interval(days => ${UNTOLD_DAYS})
          AND EXISTS (SELECT FROM jsonb_array_elements(deliveries) AS planned WHERE planned -> 'on' ? status)
          AND NOT EXISTS (SELECT FROM export_deliveries AS told
                          WHERE told.export_id = exports.id AND told.event = 'export.' || exports.status)
        LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
      const rows = await transaction.export.findMany({ where: { id: { in: untold.map(({ id }) => id) } } });
      const messages = rows
        .map(toExport)
        .flatMap((ended) => messagesOf(ended, ended.status === 'failed' ? 'failed' : 'completed'));
      await postToOutbox(transaction, ...messages);
      return rows.length;
    });
  }

  override async expireOverdue(): Promise<number> {
    const expired = await this.prisma.$transaction(
      (transaction) =>
        changeExports(transaction, {
          set: Prisma.sql`status = 'expired'`,
          where: Prisma.sql`${mayBecome('expired')} AND id IN (
            SELECT id FROM exports WHERE status = 'completed' AND expires_at <= now() AND NOT download_ending
              AND (download_lease IS NULL OR download_lease < now()) LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
          audit: (row) => auditOf(row, 'export.expired', { by: null }),
        }),
      BATCH_LIMITS,
    );
    return expired.length;
  }

  override async finalizeInterruptedDownloads(): Promise<number> {
    const concluded = await this.prisma.$transaction((transaction) =>
      changeExports(transaction, {
        set: SET_DOWNLOADED,
        where: Prisma.sql`status IN ('completed', 'expired') AND download_ending AND download_lease < now()`,
        audit: (row) => {
          const by = fromDownloadedBy(row);
          return auditOf(row, 'export.downloaded', {
            by,
            details: { by: credentialTypeOf(by), one_time: true, receipt: false },
          });
        },
      }),
    );
    return concluded.length;
  }

  override async findDeletable(after: string | null): Promise<DeletableObject[]> {
    const rows = await this.prisma.export.findMany({
      where: { status: 'expired', storageKey: { not: null }, ...(after !== null && { id: { gt: after } }) },
      select: { id: true, storageKey: true },
      orderBy: { id: 'asc' },
      take: BATCH,
    });
    return rows.flatMap(({ id, storageKey }) => (storageKey === null ? [] : [{ exportId: id, key: storageKey }]));
  }

  override clearStorageKeys(...objects: readonly DeletableObject[]): Promise<number> {
    const [ids, keys] = [objects.map(({ exportId }) => exportId), objects.map(({ key }) => key)];
    // It is a change: who listed these files a moment ago finds that they are not left behind, but taken care of.
    return this.prisma.$executeRaw`
      UPDATE exports SET storage_key = NULL, updated_at = clock_timestamp() FROM unnest(${ids}::uuid[], ${keys}::text[]) AS gone (id, key)
      WHERE exports.id = gone.id AND exports.storage_key = gone.key`;
  }

  override async findReferenced(keys: readonly string[], settledSince: Date): Promise<ReadonlySet<string>> {
    // What bears no id of an export is of none.
    const ids = keys.map(exportIdIn).filter((id) => isUUID(id));
    const rows = await this.prisma.export.findMany({
      where: { id: { in: ids } },
      select: { id: true, status: true, storageKey: true, attemptToken: true, updatedAt: true },
    });
    const records = new Map(rows.map((row) => [row.id, row]));
    const isKept = (key: string) => {
      const record = records.get(exportIdIn(key));
      if (!record) return false;
      const { id, status, storageKey, attemptToken, updatedAt } = record;
      const isBeingWritten = status === 'processing' && key.startsWith(`${objectPrefix(id)}${String(attemptToken)}.`);
      return key === storageKey || isBeingWritten || updatedAt > settledSince;
    };
    return new Set(keys.filter(isKept));
  }

  override async forgetIdempotencyKeys(): Promise<void> {
    await this.prisma.$executeRaw`
      DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(days => ${IDEMPOTENCY_DAYS})`;
  }

  override async forgetRateLimitUses(): Promise<void> {
    await this.prisma.$executeRaw`
      DELETE FROM rate_limit_uses WHERE (name, account) IN (
        SELECT name, account FROM rate_limit_uses WHERE expires_at <= now() LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`;
  }
}

/** Every file of an export lies in a folder that bears its id. */
function exportIdIn(key: string): string {
  return key.split('/')[1] ?? '';
}
