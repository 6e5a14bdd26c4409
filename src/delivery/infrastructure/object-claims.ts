import { Injectable } from '@nestjs/common';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';

/** The keys of one schedule and day: all with the same beginning. */
export interface KeyRange {
  readonly endpoint: string;
  readonly bucket: string;
  readonly begin: string;
}

/** Who holds a key: the export, since now or since an earlier attempt, or another export. */
export type Claim = 'new' | 'held' | 'taken';

/** A key contains a date: no later run has the same. */
const KEPT_DAYS = 90;
/** More than one delivery adds, so that old claims become fewer. */
const MAX_FORGOTTEN_AT_ONCE = 100;

/** Keeps two exports from writing to one key, in any number of processes. */
@Injectable()
export class ObjectClaims {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Copies a file of the export to the first key that it can have. Keys that an earlier attempt claimed come first.
   * @param copyTo returns whether the export's file is under the key now; otherwise the key has another file
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

  /** The claimed keys of the range, each with its export's id. */
  async within({ endpoint, bucket, begin }: KeyRange): Promise<Map<string, string>> {
    const rows = await this.prisma.$queryRaw<{ key: string; exportId: string }[]>`
      SELECT key, export_id AS "exportId" FROM delivered_objects
      WHERE endpoint = ${endpoint} AND bucket = ${bucket} AND starts_with(key, ${begin})`;
    return new Map(rows.map(({ key, exportId }) => [key, exportId]));
  }

  /** Claims a key for an export, unless another one holds it. */
  async claim({ endpoint, bucket }: KeyRange, key: string, exportId: string): Promise<Claim> {
    const [row] = await this.prisma.$queryRaw<{ isNew: boolean; isMine: boolean }[]>`
      INSERT INTO delivered_objects AS kept (endpoint, bucket, key, export_id)
      VALUES (${endpoint}, ${bucket}, ${key}, ${exportId}::uuid)
      ON CONFLICT (endpoint, bucket, key) DO UPDATE SET key = excluded.key
      RETURNING xmax = 0 AS "isNew", export_id = ${exportId}::uuid AS "isMine"`;
    if (row?.isMine !== true) return 'taken';
    if (!row.isNew) return 'held';
    await this.forgetOld();
    return 'new';
  }

  /** Gives up a key that has somebody else's file. */
  async release({ endpoint, bucket }: KeyRange, key: string, exportId: string): Promise<void> {
    await this.prisma.$executeRaw`
      DELETE FROM delivered_objects
      WHERE endpoint = ${endpoint} AND bucket = ${bucket} AND key = ${key} AND export_id = ${exportId}::uuid`;
  }

  private async forgetOld(): Promise<void> {
    const isOld = Prisma.sql`created_at < now() - make_interval(days => ${KEPT_DAYS})`;
    await this.prisma.$executeRaw`
      DELETE FROM delivered_objects WHERE (endpoint, bucket, key) IN (
        SELECT endpoint, bucket, key FROM delivered_objects
        WHERE ${isOld} LIMIT ${MAX_FORGOTTEN_AT_ONCE} FOR UPDATE SKIP LOCKED)`;
  }
}
