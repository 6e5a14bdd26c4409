import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { Config } from '../../platform/config/config';
import { postToOutbox } from '../../platform/outbox/outbox';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';
import {
  auditOf,
  changeExports,
  endExports,
  type Export,
  type ExportFailure,
  type ExportStatus,
  messagesOf,
  readExports,
} from '../../export';
import { type Backlog, MaintenanceRepository } from '../model/domain/interfaces/maintenance.repository';
import {
  exportIdOf,
  failureOfStalled,
  IDEMPOTENCY_DAYS,
  isFileReferenced,
  MAINTENANCE_BATCH,
  NOTIFICATION_DAYS,
  REMINDER_SECONDS,
  type StalledExport,
} from '../model/domain/maintenance';

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
    return this.prisma.$transaction(async (transaction) => {
      const stalled = await transaction.$queryRaw<StalledExport[]>`
        SELECT id, kind, format, streamed, attempts, lost_attempts AS "lostAttempts" FROM exports
        WHERE status = 'processing'
          AND heartbeat_at < now() - make_interval(secs => ${this.config.exports.leaseSeconds})
        FOR UPDATE SKIP LOCKED`;
      const changed: Export[] = [];
      for (const [failure, ids] of groupByFailure(stalled)) {
        const change = endOfAttempts(ids, failure);
        changed.push(
          ...(failure ? await endExports(this.prisma, transaction, change) : await changeExports(transaction, change)),
        );
      }
      return changed;
    });
  }

  override async claimOverdue(): Promise<string[]> {
    const rows = await this.prisma.$queryRaw<{ id: string }[]>`
      UPDATE exports SET enqueue_after = now() + make_interval(secs => ${REMINDER_SECONDS})
      WHERE id IN (SELECT id FROM exports WHERE status = 'pending' AND enqueue_after <= now()
                   ORDER BY enqueue_after LIMIT ${MAINTENANCE_BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING id`;
    return rows.map(({ id }) => id).sort();
  }

  override enqueueMissingNotifications(): Promise<number> {
    return this.prisma.$transaction(async (transaction) => {
      const missing = await transaction.$queryRaw<{ id: string }[]>`
        SELECT id FROM exports
        WHERE deliveries <> '[]' AND status IN ('completed', 'failed') AND updated_at > now() - make_interval(days => ${NOTIFICATION_DAYS})
          AND EXISTS (SELECT FROM jsonb_array_elements(deliveries) AS planned WHERE planned -> 'on' ? status)
          AND NOT EXISTS (SELECT FROM export_deliveries AS posted
                          WHERE posted.export_id = exports.id AND posted.event = 'export.' || exports.status)
        LIMIT ${MAINTENANCE_BATCH} FOR UPDATE SKIP LOCKED`;
      const ended = await readExports(
        transaction,
        missing.map(({ id }) => id),
      );
      const messages = ended.flatMap((one) => messagesOf(one, one.status === 'failed' ? 'failed' : 'completed'));
      await postToOutbox(transaction, ...messages);
      return ended.length;
    });
  }

  override async findReferenced(keys: readonly string[], settledSince: Date): Promise<ReadonlySet<string>> {
    const ids = keys.map(exportIdOf).filter((id) => isUUID(id));
    const rows = await this.prisma.export.findMany({
      where: { id: { in: ids } },
      select: { id: true, status: true, storageKey: true, attemptToken: true, updatedAt: true },
    });
    const files = await this.prisma.exportFile.findMany({
      where: { exportId: { in: ids }, storageKey: { in: [...keys] } },
      select: { storageKey: true },
    });
    const partKeys = new Set(files.map(({ storageKey }) => storageKey));
    const owners = new Map(rows.map((row) => [row.id, { ...row, status: row.status as ExportStatus, partKeys }]));
    return new Set(keys.filter((key) => isFileReferenced(key, owners.get(exportIdOf(key)), settledSince)));
  }

  override async forgetIdempotencyKeys(): Promise<void> {
    await this.prisma.$executeRaw`
      DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(days => ${IDEMPOTENCY_DAYS})`;
  }

  override async forgetRateLimitUses(): Promise<void> {
    await this.prisma.$executeRaw`
      DELETE FROM rate_limit_uses WHERE (name, account) IN (
        SELECT name, account FROM rate_limit_uses WHERE expires_at <= now() LIMIT ${MAINTENANCE_BATCH} FOR UPDATE SKIP LOCKED)`;
  }
}

function groupByFailure(stalled: readonly StalledExport[]): Map<ExportFailure | null, string[]> {
  const groups = new Map<ExportFailure | null, string[]>();
  for (const one of stalled) {
    const failure = failureOfStalled(one);
    groups.set(failure, [...(groups.get(failure) ?? []), one.id]);
  }
  return groups;
}

/** The change that ends the stalled attempts of some exports: each fails, or becomes pending again. */
function endOfAttempts(ids: readonly string[], failure: ExportFailure | null): Parameters<typeof changeExports>[1] {
  const where = Prisma.sql`id = ANY(${ids}::uuid[])`;
  const endAttempt = Prisma.sql`attempt_token = NULL, lost_attempts = lost_attempts + 1`;
  if (failure === null) {
    const set = Prisma.sql`status = 'pending', enqueue_after = now(), ${endAttempt}`;
    return { set, where, audit: (row) => auditOf(row, 'export.attempt-lost') };
  }
  const { code, reason } = failure;
  return {
    set: Prisma.sql`status = 'failed', error = ${reason}, error_code = ${code}, ${endAttempt}`,
    where,
    audit: (row) => auditOf(row, 'export.failed', { details: { code, reason } }),
    tells: 'failed',
  };
}
