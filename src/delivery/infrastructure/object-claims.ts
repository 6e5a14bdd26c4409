import { Injectable } from '@nestjs/common';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';

/** Where the files of one schedule and day go: all keys there that begin the same. */
export interface KeyRange {
  readonly endpoint: string;
  readonly bucket: string;
  readonly begin: string;
}

/** Who has a key: the export that asks, since now or since an earlier attempt, or another one. */
export type Claim = 'new' | 'held' | 'taken';

/** A key has a date in it. By then no run has the same again. */
const KEPT_DAYS = 90;
/** More than one delivery begins, so that the old ones become fewer. */
const FORGOTTEN_AT_ONCE = 100;

/** Keeps two deliveries from writing to one key, in any number of processes. */
@Injectable()
export class ObjectClaims {
  constructor(private readonly prisma: PrismaService) {}

  /** All keys of the range that exports have, each with its export's id. */
  async within({ endpoint, bucket, begin }: KeyRange): Promise<Map<string, string>> {
    const rows = await this.prisma.$queryRaw<{ key: string; exportId: string }[]>`
      SELECT key, export_id AS "exportId" FROM delivered_objects
      WHERE endpoint = ${endpoint} AND bucket = ${bucket} AND starts_with(key, ${begin})`;
    return new Map(rows.map(({ key, exportId }) => [key, exportId]));
  }

  /** Gives a key to an export, unless another one has it. */
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

  /** Gives back a key under which there is somebody else's object. */
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
        WHERE ${isOld} LIMIT ${FORGOTTEN_AT_ONCE} FOR UPDATE SKIP LOCKED)`;
  }
}
