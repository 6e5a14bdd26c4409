import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import type { Ending } from '../../platform/outbox/planned-delivery';
import { Prisma } from '../../platform/prisma/generated/client';
import { PrismaService } from '../../platform/prisma/prisma.service';
import { MAX_ATTEMPTS } from '../model/domain/attempt-limits';
import type { Export, FinishedFile, Progress } from '../model/domain/export';
import { type Attempt, AttemptRepository } from '../model/domain/interfaces/attempt.repository';
import { auditOf, changeExports, mayBecome } from './export-row';
import { publishedFile } from './published-file';

const WORKER = `${hostname()}:${process.pid}`;

@Injectable()
export class PrismaAttemptRepository extends AttemptRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly config: Config,
  ) {
    super();
  }

  override claim(exportId: string): Promise<Attempt | null> {
    const token = randomUUID();
    return this.prisma.$transaction(async (transaction) => {
      const claimable = Prisma.sql`id = ${exportId}::uuid AND NOT streamed AND attempts < ${MAX_ATTEMPTS}`;
      // A worker may come by before the sweep has found the attempt whose lease has run out: both leave the same trace.
      await changeExports(transaction, {
        set: Prisma.sql`status = 'pending', attempt_token = NULL, enqueue_after = now()`,
        where: Prisma.sql`${claimable} AND status = 'processing' AND heartbeat_at < now() - ${this.lease()}`,
        audit: (row) => auditOf(row, 'export.attempt-lost'),
      });
      const [claimed] = await changeExports(transaction, {
        set: Prisma.sql`status = 'processing', attempt_token = ${token}::uuid, attempts = attempts + 1,
                        heartbeat_at = now(), started_at = coalesce(started_at, now()), progress_done = 0`,
        where: Prisma.sql`${claimable} AND ${mayBecome('processing')}`,
        audit: (row) => auditOf(row, 'export.started', { details: { worker: WORKER } }),
      });
      if (!claimed) return null;
      const { attempts } = await transaction.export.findUniqueOrThrow({
        where: { id: exportId },
        select: { attempts: true },
      });
      return { token, number: attempts, export: claimed };
    });
  }

  override async beat({ token, export: { id } }: Attempt, { done, total, unit }: Progress): Promise<boolean> {
    // A beat that brings no news is not a change: `updated_at` stays, and so does the answer's ETag.
    const count = await this.prisma.$executeRaw`
      UPDATE exports SET heartbeat_at = now(), progress_done = ${done}, progress_total = ${total}::bigint, progress_unit = ${unit},
        updated_at = CASE WHEN (progress_done, progress_total, progress_unit) IS DISTINCT FROM (${done}::bigint, ${total}::bigint, ${unit}::text)
                          THEN clock_timestamp() ELSE updated_at END
      WHERE id = ${id}::uuid AND attempt_token = ${token}::uuid AND status = 'processing'`;
    return count === 1;
  }

  override finish(attempt: Attempt, file: FinishedFile): Promise<boolean> {
    const set = Prisma.sql`status = 'completed', ${publishedFile(file, this.config.exports.retentionDays)}`;
    return this.end(
      attempt,
      set,
      (row) => auditOf(row, 'export.completed', { details: { bytes: file.size, attempt: attempt.number } }),
      'completed',
    );
  }

  override fail(attempt: Attempt, reason: string): Promise<boolean> {
    const set = Prisma.sql`status = 'failed', attempt_token = NULL, error = ${reason}`;
    return this.end(
      attempt,
      set,
      (row) => auditOf(row, 'export.failed', { details: { reason, attempt: attempt.number } }),
      'failed',
    );
  }

  override retryLater(attempt: Attempt, pauseSeconds: number, reason: string): Promise<boolean> {
    const set = Prisma.sql`status = 'pending', attempt_token = NULL, enqueue_after = now() + make_interval(secs => ${pauseSeconds})`;
    return this.end(attempt, set, (row) =>
      auditOf(row, 'export.attempt-failed', { details: { reason, attempt: attempt.number } }),
    );
  }

  override handBack(attempt: Attempt): Promise<boolean> {
    const set = Prisma.sql`status = 'pending', attempt_token = NULL, attempts = attempts - 1, enqueue_after = now()`;
    return this.end(attempt, set, (row) => auditOf(row, 'export.handed-back', { details: { worker: WORKER } }));
  }

  private async end(
    { token, export: { id } }: Attempt,
    set: Prisma.Sql,
    audit: (row: Export) => ReturnType<typeof auditOf>,
    tells?: Ending,
  ): Promise<boolean> {
    const where = Prisma.sql`id = ${id}::uuid AND attempt_token = ${token}::uuid AND status = 'processing'`;
    const changed = await this.prisma.$transaction((transaction) =>
      changeExports(transaction, { set, where, audit, tells }),
    );
    return changed.length === 1;
  }

  private lease(): Prisma.Sql {
    return Prisma.sql`make_interval(secs => ${this.config.exports.leaseSeconds})`;
  }
}
