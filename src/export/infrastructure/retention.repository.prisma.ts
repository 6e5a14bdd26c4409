import { Injectable } from '@nestjs/common';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';
import { type DeletableObject, RetentionRepository } from '../model/domain/interfaces/retention.repository';
import { EXPIRY_BATCH } from '../model/domain/retention';
import { auditOf, changeExports, mayBecome } from './export-row';

/** On a busy database a batch takes longer than Prisma's default limits. */
const BATCH_LIMITS = { maxWait: 10_000, timeout: 30_000 };

@Injectable()
export class PrismaRetentionRepository extends RetentionRepository {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override async expireOverdue(): Promise<number> {
    const expired = await this.prisma.$transaction(
      (transaction) =>
        changeExports(transaction, {
          set: Prisma.sql`status = 'expired'`,
          where: Prisma.sql`${mayBecome('expired')} AND id IN (
            SELECT id FROM exports WHERE status = 'completed' AND expires_at <= now() AND NOT download_ending
              AND (download_lease IS NULL OR download_lease < now()) LIMIT ${EXPIRY_BATCH} FOR UPDATE SKIP LOCKED)`,
          audit: (row) => auditOf(row, 'export.expired', { by: null }),
        }),
      BATCH_LIMITS,
    );
    return expired.length;
  }

  override async findDeletable(after: string | null): Promise<DeletableObject[]> {
    const rows = await this.prisma.export.findMany({
      where: { status: 'expired', storageKey: { not: null }, ...(after !== null && { id: { gt: after } }) },
      select: { id: true, storageKey: true, partCount: true },
      orderBy: { id: 'asc' },
      take: EXPIRY_BATCH,
    });
    return rows.flatMap(({ id, storageKey, partCount }) =>
      storageKey === null ? [] : [{ exportId: id, key: storageKey, isDivided: partCount !== null }],
    );
  }

  override clearStorageKeys(...objects: readonly Pick<DeletableObject, 'exportId' | 'key'>[]): Promise<number> {
    const [ids, keys] = [objects.map(({ exportId }) => exportId), objects.map(({ key }) => key)];
    // `updated_at` changes, so that a collector that listed these files before does not take them for orphans.
    return this.prisma.$executeRaw`
      WITH files AS (DELETE FROM export_files WHERE export_id = ANY(${ids}::uuid[]))
      UPDATE exports SET storage_key = NULL, updated_at = clock_timestamp() FROM unnest(${ids}::uuid[], ${keys}::text[]) AS gone (id, key)
      WHERE exports.id = gone.id AND exports.storage_key = gone.key`;
  }
}
