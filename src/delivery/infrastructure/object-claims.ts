import { Injectable } from '@nestjs/common';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';

/** The keys of one schedule and day, which have a common prefix. */
export interface KeyRange {
  readonly endpoint: string;
  readonly bucket: string;
  readonly begin: string;
}

/** Who has claimed a key: the export now or in an earlier attempt, or another export. */
export type Claim = 'new' | 'held' | 'taken';

/** A key contains a date: no later run has the same. */
const RETENTION_DAYS = 90;
/** More than one delivery adds, so that the number of old claims decreases. */
const MAX_DELETED_PER_CLAIM = 100;

/** Prevents two exports from writing to one key, across all processes. */
@Injectable()
export class ObjectClaims {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Copies a file of the export to the first free key. Keys that an earlier attempt claimed come first.
   * @param copyTo returns whether the key has the export's file now; otherwise it has another one
   * @returns the key; `null` when all keys have other files
   */
  async copyToFreeKey(
    range: KeyRange,
    keys: Iterable<string>,
    exportId: string,
    copyTo: (key: string, claim: 'new' | 'held') => Promise<boolean>,
  ): Promise<string | null> {
    const owners = await this.within(range);
    const earlier = [...owners].filter(([, owner]) => owner === exportId).map(([key]) => key);
    for (const key of [...earlier, ...keys]) {
      if ((owners.get(key) ?? exportId) !== exportId) continue;
      const claim = await this.claim(range, key, exportId);
      if (claim === 'taken') continue;
      if (await copyTo(key, claim)) return key;
      await this.release(range, key, exportId);
    }
    return null;
  }

  /** The claimed keys of the range with the ids of their exports. */
  async within({ endpoint, bucket, begin }: KeyRange): Promise<Map<string, string>> {
    const rows = await this.prisma.$queryRaw<{ key: string; exportId: string }[]>`
      SELECT key, export_id AS "exportId" FROM delivered_objects
      WHERE endpoint = ${endpoint} AND bucket = ${bucket} AND starts_with(key, ${begin})`;
    return new Map(rows.map(({ key, exportId }) => [key, exportId]));
  }

  /** Claims a key for an export, unless another one has it. */
  async claim({ endpoint, bucket }: KeyRange, key: string, exportId: string): Promise<Claim> {
    const [row] = await this.prisma.$queryRaw<{ isNew: boolean; isOwn: boolean }[]>`
      INSERT INTO delivered_objects AS kept (endpoint, bucket, key, export_id)
      VALUES (${endpoint}, ${bucket}, ${key}, ${exportId}::uuid)
      ON CONFLICT (endpoint, bucket, key) DO UPDATE SET key = excluded.key
      RETURNING xmax = 0 AS "isNew", export_id = ${exportId}::uuid AS "isOwn"`;
    if (row?.isOwn !== true) return 'taken';
    if (!row.isNew) return 'held';
    await this.deleteOld();
    return 'new';
  }

  /** Releases a key that has another file. */
  async release({ endpoint, bucket }: KeyRange, key: string, exportId: string): Promise<void> {
    await this.prisma.$executeRaw`
      DELETE FROM delivered_objects
      WHERE endpoint = ${endpoint} AND bucket = ${bucket} AND key = ${key} AND export_id = ${exportId}::uuid`;
  }

  private async deleteOld(): Promise<void> {
    const isOld = Prisma.sql`created_at < now() - make_interval(days => ${RETENTION_DAYS})`;
    await this.prisma.$executeRaw`
      DELETE FROM delivered_objects WHERE (endpoint, bucket, key) IN (
        SELECT endpoint, bucket, key FROM delivered_objects
        WHERE ${isOld} LIMIT ${MAX_DELETED_PER_CLAIM} FOR UPDATE SKIP LOCKED)`;
  }
}
