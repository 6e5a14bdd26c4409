import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { v7 as uuidv7 } from 'uuid';
import { type Principal, principalKey, type Person } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import { DomainError } from '../../platform/errors/domain-error';
import { type Page, toPage } from '../../platform/paging';
import type { IdempotentRequest } from '../../platform/idempotent-request';
import { claimIdempotencyKey } from '../../platform/database/idempotency-keys';
import { Sql, sql } from '../../platform/database/sql';
import { readStoredBytes } from '../../platform/database/stored-bytes';
import { Prisma, type SoloSession as SessionRow } from '../../platform/database/generated/client';
import { visibleTo } from '../../platform/database/visibility';
import { PrismaService, type StatementRunner } from '../../platform/database/prisma.service';
import { scheduleFileRemoval } from '../../platform/work/file-removals';
import {
  type BoardSize,
  type NewSession,
  type SessionChange,
  SoloSessionRepository,
} from '../model/domain/interfaces/solo-session.repository';
import { type BoardUsage, checkBoardQuota } from '../model/domain/board-quota';
import type { BoardFilter } from '../model/domain/board-selection';
import { COST_MODEL, type DrawingCost } from '../model/board/drawing-cost';
import { RevisionMismatchError, type SoloSession, thumbnailPrefix } from '../model/domain/solo-session';

/** All columns but the state, which may have megabytes, and the cost. */
const omit = { state: true, drawingCost: true } as const;

type Row = Omit<SessionRow, 'state' | 'drawingCost'>;

/**
 * Stored with what it was computed from: a process of another version may change the state without
 * the cost.
 */
interface StoredCost extends DrawingCost {
  readonly rev: number;
  readonly model: number;
}

/** The columns of a `Row` in SQL. */
const COLUMNS = Prisma.sql`id, user_id AS "userId", tenant_id AS "tenantId", customer_id AS "customerId", name,
  page_count AS "pageCount", rev, thumbnail_key AS "thumbnailKey", created_at AS "createdAt", updated_at AS "updatedAt"`;

@Injectable()
export class PrismaSoloSessionRepository extends SoloSessionRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly config: Config,
  ) {
    super();
  }

  override create(
    { owner, customerId, name, state }: NewSession,
    idempotency: IdempotentRequest | null,
  ): Promise<{ session: SoloSession; isNew: boolean }> {
    return this.createOnce(idempotency, async (transaction, id) => {
      await this.checkQuota(transaction, owner, { boards: 1, bytes: state.json.length });
      const [row] = await transaction.$queryRaw<[Row]>(Prisma.sql`
        INSERT INTO solo_sessions (id, user_id, tenant_id, customer_id, name, state, page_count)
        VALUES (${id}::uuid, ${owner.userId}, ${owner.tenantId}, ${customerId}::uuid, ${name}, ${state.json},
          ${state.pageCount})
        RETURNING ${COLUMNS}`);
      return row;
    });
  }

  override duplicate(
    id: string,
    { owner, name }: { owner: Person; name: string },
    idempotency: IdempotentRequest | null,
  ): Promise<{ session: SoloSession; isNew: boolean }> {
    return this.createOnce(idempotency, async (transaction, copyId) => {
      await this.checkQuota(transaction, owner, { boards: 1, bytes: (await selectStateSize(transaction, id)) ?? 0 });
      const [row] = await transaction.$queryRaw<Row[]>(Prisma.sql`
        INSERT INTO solo_sessions (id, user_id, tenant_id, name, state, page_count)
        SELECT ${copyId}::uuid, ${owner.userId}, ${owner.tenantId}, ${name}, state, page_count
        FROM solo_sessions WHERE id = ${id}::uuid AND ${visibleTo(owner).sql}
        RETURNING ${COLUMNS}`);
      if (!row) throw DomainError.notFound('Session');
      return row;
    });
  }

  override async find(id: string, owner: Principal): Promise<SoloSession | null> {
    const row = await this.prisma.soloSession.findFirst({ where: { id, ...visibleTo(owner).where }, omit });
    return row && toSession(row);
  }

  override async findAll(ids: readonly string[], owner: Principal): Promise<SoloSession[]> {
    const rows = await this.prisma.soloSession.findMany({
      where: { id: { in: [...ids] }, ...visibleTo(owner).where },
      omit,
    });
    return rows.map(toSession);
  }

  override async select(
    owner: Principal,
    { nameContains, updatedSince }: BoardFilter,
    size: number,
  ): Promise<SoloSession[]> {
    const conditions = [visibleTo(owner).sql];
    if (nameContains !== undefined) conditions.push(Prisma.sql`strpos(lower(name), lower(${nameContains})) > 0`);
    if (updatedSince !== undefined) conditions.push(Prisma.sql`updated_at >= ${updatedSince}::timestamptz`);
    const rows = await this.prisma.$queryRaw<Row[]>(Prisma.sql`
      SELECT ${COLUMNS} FROM solo_sessions WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY id LIMIT ${size}`);
    return rows.map(toSession);
  }

  override async findSizes(sessions: readonly SoloSession[]): Promise<ReadonlyMap<string, BoardSize>> {
    const rows = await this.prisma.$queryRaw<{ id: string; bytes: number; cost: StoredCost | null }[]>(Prisma.sql`
      SELECT id, octet_length(state) AS bytes, drawing_cost AS cost FROM solo_sessions
      WHERE id = ANY(${sessions.map(({ id }) => id)}::uuid[])`);
    const sizes = new Map(rows.map(({ id, ...size }) => [id, size]));
    return new Map(
      sessions.map(({ id, rev }) => {
        const { bytes = 0, cost = null } = sizes.get(id) ?? {};
        return [id, { bytes, cost: costOf(cost, rev) }];
      }),
    );
  }

  override findStateSize(id: string): Promise<number | null> {
    return selectStateSize(this.prisma, id);
  }

  override readState(id: string): Promise<Buffer | null> {
    return this.prisma.withConnection((client) =>
      readStoredBytes(client, sql`SELECT state FROM solo_sessions WHERE id = ${Sql.literal(id)}::uuid`),
    );
  }

  override async list(owner: Principal, size: number, cursor?: string): Promise<Page<SoloSession>> {
    const where = visibleTo(owner).where;
    const [count, rows] = await Promise.all([
      this.prisma.soloSession.count({ where }),
      this.prisma.soloSession.findMany({
        where: { ...where, id: { lt: cursor } },
        orderBy: { id: 'desc' },
        take: size + 1,
        omit,
      }),
    ]);
    return toPage(count, rows, size, toSession);
  }

  override async update(id: string, owner: Person, change: SessionChange): Promise<SoloSession | null> {
    const { name, state, expectedRevs } = change;
    const assignments = [Prisma.sql`rev = rev + 1`, Prisma.sql`updated_at = now()`];
    if (name !== undefined) assignments.push(Prisma.sql`name = ${name}`);
    if (state) assignments.push(Prisma.sql`state = ${state.json}`, Prisma.sql`page_count = ${state.pageCount}`);
    const isOwned = Prisma.sql`id = ${id}::uuid AND ${visibleTo(owner).sql}`;
    const isExpected = expectedRevs ? Prisma.sql`rev = ANY(${[...expectedRevs]}::int[])` : Prisma.sql`true`;
    return this.prisma.transactionWithBytes(async (transaction) => {
      if (state) await this.checkQuota(transaction, owner, { boards: 0, bytes: state.json.length }, id);
      const [row] = await transaction.$queryRaw<Row[]>(Prisma.sql`
        UPDATE solo_sessions SET ${Prisma.join(assignments)} WHERE ${isOwned} AND ${isExpected} RETURNING ${COLUMNS}`);
      if (row) return toSession(row);
      const [current] = await transaction.$queryRaw<{ rev: number }[]>(Prisma.sql`
        SELECT rev FROM solo_sessions WHERE ${isOwned}`);
      if (current) throw new RevisionMismatchError(current.rev);
      return null;
    });
  }

  override async setThumbnail(id: string, rev: number, key: string): Promise<{ replaced: string | null } | null> {
    // Reads the row under its lock: of two concurrent drawings the second one finds the key of the
    // first.
    const [changed] = await this.prisma.$queryRaw<{ replaced: string | null }[]>`
      UPDATE solo_sessions SET thumbnail_key = ${key}
      FROM (SELECT id, thumbnail_key FROM solo_sessions WHERE id = ${id}::uuid AND rev = ${rev} FOR UPDATE) AS before
      WHERE solo_sessions.id = before.id RETURNING before.thumbnail_key AS replaced`;
    return changed ?? null;
  }

  override async findThumbnail(id: string, owner: Principal | null): Promise<string | null> {
    const where = { id, ...(owner && visibleTo(owner).where) };
    const row = await this.prisma.soloSession.findFirst({ where, select: { thumbnailKey: true } });
    return row?.thumbnailKey ?? null;
  }

  override async findThumbnailsAmong(keys: readonly string[]): Promise<ReadonlySet<string>> {
    // The second segment of a key is the id of its session.
    const ids = keys.map((key) => key.split('/')[1] ?? '').filter((id) => isUUID(id));
    const rows = await this.prisma.soloSession.findMany({
      where: { id: { in: ids }, thumbnailKey: { in: [...keys] } },
      select: { thumbnailKey: true },
    });
    return new Set(rows.flatMap(({ thumbnailKey }) => thumbnailKey ?? []));
  }

  override async findDrawingCost(id: string, rev: number): Promise<DrawingCost | null> {
    const row = await this.prisma.soloSession.findUnique({ where: { id }, select: { drawingCost: true } });
    return costOf((row?.drawingCost ?? null) as StoredCost | null, rev);
  }

  override async setDrawingCost(id: string, rev: number, cost: DrawingCost): Promise<void> {
    const drawingCost = { ...cost, rev, model: COST_MODEL } satisfies StoredCost;
    await this.prisma.soloSession.updateMany({ where: { id, rev }, data: { drawingCost } });
  }

  /**
   * Checks the quota of a user. A lock prevents concurrent additions until the transaction ends.
   * @param replaced the session whose state is replaced
   * @throws BoardQuotaExceededError
   */
  private async checkQuota(
    transaction: StatementRunner,
    { userId, tenantId }: Person,
    added: BoardUsage,
    replaced: string | null = null,
  ): Promise<void> {
    const { quota } = this.config.boards;
    if (quota.boards === null && quota.bytes === null) return;
    const account = `boards of ${principalKey({ userId, tenantId })}`;
    await transaction.$queryRaw(Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${account}, 0))`);
    // The index finds the user's rows, and `octet_length` does not read states that are stored out
    // of line.
    const [usage] = await transaction.$queryRaw<[Record<'boards' | 'bytes' | 'replaced', string>]>(Prisma.sql`
      SELECT count(*) AS boards, coalesce(sum(octet_length(state)), 0) AS bytes,
        coalesce(sum(octet_length(state)) FILTER (WHERE id = ${replaced}::uuid), 0) AS replaced
      FROM solo_sessions WHERE ${visibleTo({ userId, tenantId }).sql}`);
    const used = { boards: Number(usage.boards), bytes: Number(usage.bytes) };
    checkBoardQuota(quota, used, { boards: added.boards, bytes: added.bytes - Number(usage.replaced) });
  }

  private createOnce(
    idempotency: IdempotentRequest | null,
    insert: (transaction: StatementRunner, id: string) => Promise<Row>,
  ): Promise<{ session: SoloSession; isNew: boolean }> {
    const id = uuidv7();
    return this.prisma.transactionWithBytes(async (transaction) => {
      const earlier = idempotency && (await claimIdempotencyKey(transaction, idempotency, id));
      if (earlier === null) return { session: toSession(await insert(transaction, id)), isNew: true };
      const [row] = await transaction.$queryRaw<Row[]>(Prisma.sql`
        SELECT ${COLUMNS} FROM solo_sessions WHERE id = ${earlier}::uuid`);
      if (!row) throw new DomainError('gone', 'session-deleted', 'The session that this request created was deleted');
      return { session: toSession(row), isNew: false };
    });
  }

  override async delete(id: string, owner: Principal): Promise<boolean> {
    return this.prisma.$transaction(async (transaction) => {
      const { count } = await transaction.soloSession.deleteMany({ where: { id, ...visibleTo(owner).where } });
      if (count === 1) await scheduleFileRemoval(transaction, thumbnailPrefix(id));
      return count === 1;
    });
  }
}

function costOf(stored: StoredCost | null, rev: number): DrawingCost | null {
  return stored?.rev === rev && stored.model === COST_MODEL ? stored : null;
}

async function selectStateSize(runner: StatementRunner, id: string): Promise<number | null> {
  const [row] = await runner.$queryRaw<{ size: number }[]>(Prisma.sql`
    SELECT octet_length(state) AS size FROM solo_sessions WHERE id = ${id}::uuid`);
  return row?.size ?? null;
}

function toSession(row: Row): SoloSession {
  const { id, userId, tenantId, customerId, name, pageCount, rev, thumbnailKey, createdAt, updatedAt } = row;
  return { id, userId, tenantId, customerId, name, pageCount, rev, thumbnailKey, createdAt, updatedAt };
}
