import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import type { Ending } from '../../platform/outbox/planned-delivery';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService, type Transaction } from '../../platform/database/prisma.service';
import { MAX_ATTEMPTS } from '../model/domain/attempt-limits';
import type { Progress } from '../../formats';
import { ACCOUNT, auditOf, changeExports, endExports, type Export, type ExportFailure } from '../../export';
import type { FinishedFile } from '../model/domain/finished-file';
import { type Attempt, AttemptRepository, type FreeSlot } from '../model/domain/interfaces/attempt.repository';
import type { PartFile } from '../model/domain/part-file';
import { toZipOfParts } from '../model/domain/zip-of-parts';
import { ManifestSealer } from '../model/services/manifest-sealer';
import { insertFiles } from './export-file.repository.prisma';
import { storeManifest } from './manifest.repository.prisma';
import { publishedFile } from './published-file';

/** A process that is paused during a claim must not block the claims of all others. */
const MAX_CLAIM_IDLE_MS = 2_000;

/** Thousands of files take longer than Prisma's default limits. */
const PUBLISHING_LIMITS = { maxWait: 10_000, timeout: 60_000 };

const WORKER = `${hostname()}:${process.pid}`;

@Injectable()
export class PrismaAttemptRepository extends AttemptRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly sealer: ManifestSealer,
    private readonly config: Config,
  ) {
    super();
  }

  override claimNext(slot: FreeSlot): Promise<Attempt | null> {
    const token = randomUUID();
    return this.prisma.$transaction(async (transaction) => {
      await acquire(transaction);
      const next = await this.next(transaction, slot, Prisma.sql`FOR UPDATE OF exports SKIP LOCKED`);
      if (!next) return null;
      const [claimed] = await changeExports(transaction, {
        set: Prisma.sql`status = 'processing', attempt_token = ${token}::uuid, attempts = attempts + 1,
                        heartbeat_at = now(), started_at = coalesce(started_at, now()), progress_done = 0`,
        where: Prisma.sql`id = ${next.id}::uuid`,
        audit: (row) => auditOf(row, 'export.started', { details: { worker: WORKER } }),
      });
      return claimed ? { token, number: next.attempts + 1, export: claimed } : null;
    });
  }

  override async findNext(slot: FreeSlot): Promise<string | null> {
    return (await this.next(this.prisma, slot, Prisma.empty))?.id ?? null;
  }

  /**
   * The next export. Usually an account without running exports waits, and an index gives its oldest export. Only otherwise
   * are all waiting exports compared.
   */
  private async next(
    transaction: Transaction,
    { limit, mayExceed, mayBeLarge }: FreeSlot,
    lock: Prisma.Sql,
  ): Promise<{ readonly id: string; readonly attempts: number } | null> {
    // The states are literals: PostgreSQL uses no partial index for a parameter.
    const waits = Prisma.sql`status = 'pending' AND NOT streamed AND attempts < ${MAX_ATTEMPTS} AND (retry_at IS NULL OR retry_at <= now()) AND (${mayBeLarge} OR NOT is_large)`;
    const [next] = await transaction.$queryRaw<{ id: string; attempts: number }[]>`
      WITH running AS MATERIALIZED (
        SELECT ${ACCOUNT} AS account, count(*) AS count FROM exports
        WHERE status = 'processing' AND NOT streamed AND heartbeat_at >= now() - ${this.lease()} GROUP BY 1)
      SELECT id, attempts FROM (
        SELECT * FROM (
          SELECT id, attempts FROM exports WHERE ${waits} AND ${ACCOUNT} NOT IN (SELECT account FROM running)
          ORDER BY created_at, id LIMIT 1 ${lock}) AS of_idle_account
        UNION ALL
        SELECT * FROM (
          SELECT id, attempts FROM exports JOIN running ON running.account = ${ACCOUNT}
          WHERE ${waits} AND (${mayExceed} OR running.count < ${limit})
          ORDER BY running.count, created_at, id LIMIT 1 ${lock}) AS of_busy_account
      ) AS next LIMIT 1`;
    return next ?? null;
  }

  override async beat({ token, export: { id } }: Attempt, { done, total, unit }: Progress): Promise<boolean> {
    // A heartbeat without progress keeps `updated_at`, and with it the ETag of the status.
    const count = await this.prisma.$executeRaw`
      UPDATE exports SET heartbeat_at = now(), progress_done = ${done}, progress_total = ${total}::bigint, progress_unit = ${unit},
        updated_at = CASE WHEN (progress_done, progress_total, progress_unit) IS DISTINCT FROM (${done}::bigint, ${total}::bigint, ${unit}::text)
                          THEN clock_timestamp() ELSE updated_at END
      WHERE id = ${id}::uuid AND attempt_token = ${token}::uuid AND status = 'processing'`;
    return count === 1;
  }

  override finish(attempt: Attempt, file: FinishedFile): Promise<boolean> {
    return this.prisma.$transaction(async (transaction) => {
      const [held] = await transaction.$queryRaw<
        object[]
      >`SELECT id FROM exports WHERE ${isHeldBy(attempt)} FOR UPDATE`;
      if (!held) return false;
      // First the manifest: the zip of several files has its length, and the record its hash.
      const { text, sha256 } = await storeManifest(transaction, this.sealer, attempt.export, file);
      const published = file.parts
        ? { ...file, sha256, size: await this.publishParts(transaction, attempt, file.parts, text) }
        : file;
      await endExports(this.prisma, transaction, {
        set: Prisma.sql`status = 'completed', ${publishedFile(published, this.config.exports.retentionDays)}`,
        where: isHeldBy(attempt),
        audit: (row) =>
          auditOf(row, 'export.completed', { details: { bytes: published.size, attempt: attempt.number } }),
        tells: 'completed',
      });
      return true;
    }, PUBLISHING_LIMITS);
  }

  /** @returns the size of their zip */
  private async publishParts(
    transaction: Transaction,
    { export: { id } }: Attempt,
    parts: readonly PartFile[],
    manifest: string,
  ): Promise<number> {
    const { files, size } = toZipOfParts(parts, manifest);
    await insertFiles(transaction, id, files);
    await transaction.exportPart.deleteMany({ where: { exportId: id } });
    return size;
  }

  override fail(attempt: Attempt, { code, reason }: ExportFailure): Promise<boolean> {
    const set = Prisma.sql`status = 'failed', attempt_token = NULL, error = ${reason}, error_code = ${code}`;
    return this.end(
      attempt,
      set,
      (row) => auditOf(row, 'export.failed', { details: { code, reason, attempt: attempt.number } }),
      'failed',
    );
  }

  override retryLater(attempt: Attempt, pauseSeconds: number, { code, reason }: ExportFailure): Promise<boolean> {
    const due = Prisma.sql`now() + make_interval(secs => ${pauseSeconds})`;
    const set = Prisma.sql`status = 'pending', attempt_token = NULL, enqueue_after = ${due}, retry_at = ${due}`;
    return this.end(attempt, set, (row) =>
      auditOf(row, 'export.attempt-failed', { details: { code, reason, attempt: attempt.number } }),
    );
  }

  override handBack(attempt: Attempt, isLarge: boolean): Promise<boolean> {
    const set = Prisma.sql`status = 'pending', attempt_token = NULL, attempts = attempts - 1, enqueue_after = now(),
                           is_large = is_large OR ${isLarge}`;
    return this.end(attempt, set, (row) => auditOf(row, 'export.handed-back', { details: { worker: WORKER } }));
  }

  private async end(
    attempt: Attempt,
    set: Prisma.Sql,
    audit: (row: Export) => ReturnType<typeof auditOf>,
    tells?: Ending,
  ): Promise<boolean> {
    const where = isHeldBy(attempt);
    const changed = await this.prisma.$transaction((transaction) =>
      tells
        ? endExports(this.prisma, transaction, { set, where, audit, tells })
        : changeExports(transaction, { set, where, audit }),
    );
    return changed.length === 1;
  }

  private lease(): Prisma.Sql {
    return Prisma.sql`make_interval(secs => ${this.config.exports.leaseSeconds})`;
  }
}

/** Checks the fencing token. */
function isHeldBy({ token, export: { id } }: Attempt): Prisma.Sql {
  return Prisma.sql`id = ${id}::uuid AND attempt_token = ${token}::uuid AND status = 'processing'`;
}

/** Serializes claims: two at once would not see each other, and could exceed the limit of an account. */
async function acquire(transaction: Transaction): Promise<void> {
  await transaction.$executeRaw`
    SELECT set_config('idle_in_transaction_session_timeout', ${String(MAX_CLAIM_IDLE_MS)}, true),
           pg_advisory_xact_lock(hashtextextended('claims of exports', 0))`;
}
