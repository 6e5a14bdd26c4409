import { Injectable } from '@nestjs/common';
import { recordAggregatedAudit } from '../../platform/audit/aggregated-audit';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';
import type { FailedAttempt } from '../model/domain/interfaces/failure.repository';
import { type FailureCount, FailureRepository } from '../model/domain/interfaces/failure.repository';

/** More rows than one attempt adds, so that the expired windows are used up. */
const DELETE_BATCH_SIZE = 100;

@Injectable()
export class PrismaFailureRepository extends FailureRepository {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override read(subjects: readonly string[], windowSeconds: number): Promise<FailureCount[]> {
    return this.prisma.$queryRaw<FailureCount[]>`
      SELECT ${countOf(windowSeconds)} FROM customer_failures AS kept
      WHERE subject = ANY(${subjects}) AND ${isWindowOpen(windowSeconds)}`;
  }

  override add(subjects: readonly string[], windowSeconds: number): Promise<FailureCount[]> {
    const first = subjects.map((subject) => Prisma.sql`(${subject}, 1, now())`);
    return this.prisma.$queryRaw<FailureCount[]>`
      INSERT INTO customer_failures AS kept (subject, failures, started_at) VALUES ${Prisma.join(first)}
      ON CONFLICT (subject) DO UPDATE SET
        failures = CASE WHEN ${isWindowOpen(windowSeconds)} THEN kept.failures + 1 ELSE 1 END,
        started_at = CASE WHEN ${isWindowOpen(windowSeconds)} THEN kept.started_at ELSE now() END
      RETURNING ${countOf(windowSeconds)}`;
  }

  override async report({ customerId, tenantId, reason }: FailedAttempt): Promise<void> {
    const entry = { action: 'customer.refused', tenantId, customerId, details: { reason } };
    await this.prisma.$transaction((transaction) => recordAggregatedAudit(transaction, entry));
  }

  override async deleteExpiredWindows(windowSeconds: number): Promise<void> {
    // SKIP LOCKED prevents a deadlock with a concurrent deletion.
    await this.prisma.$executeRaw`
      DELETE FROM customer_failures WHERE subject IN (
        SELECT subject FROM customer_failures AS kept WHERE NOT ${isWindowOpen(windowSeconds)}
        LIMIT ${DELETE_BATCH_SIZE} FOR UPDATE SKIP LOCKED)`;
  }
}

function isWindowOpen(windowSeconds: number): Prisma.Sql {
  return Prisma.sql`(kept.started_at > now() - make_interval(secs => ${windowSeconds}))`;
}

function countOf(windowSeconds: number): Prisma.Sql {
  return Prisma.sql`kept.subject, kept.failures,
    ceil(extract(epoch FROM kept.started_at + make_interval(secs => ${windowSeconds}) - now()))::int AS "resetSeconds"`;
}
