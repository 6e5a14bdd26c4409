import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { v7 as uuidv7 } from 'uuid';
import type { Party } from '../../platform/auth/caller';
import { DomainError } from '../../platform/errors/domain-error';
import { type Page, pageOf } from '../../platform/http/page';
import { claimIdempotencyKey, type IdempotentRequest } from '../../platform/idempotency/idempotency-keys';
import type { SoloSession as SessionRow } from '../../platform/prisma/generated/client';
import { ownedBy } from '../../platform/prisma/owned-by';
import { PrismaService } from '../../platform/prisma/prisma.service';
import {
  type NewSession,
  type SessionChange,
  SoloSessionRepository,
} from '../model/domain/interfaces/solo-session.repository';
import type { SoloSession } from '../model/domain/solo-session';

/** Everything but the state, which may have megabytes. */
const omit = { state: true } as const;

type Row = Omit<SessionRow, 'state'>;

@Injectable()
export class PrismaSoloSessionRepository extends SoloSessionRepository {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override create(
    { owner, customerId, name, state }: NewSession,
    idempotency: IdempotentRequest | null,
  ): Promise<{ session: SoloSession; isNew: boolean }> {
    const id = uuidv7();
    return this.prisma.$transaction(async (transaction) => {
      const earlier = idempotency && (await claimIdempotencyKey(transaction, idempotency, id));
      if (earlier !== null) {
        const row = await transaction.soloSession.findUnique({ where: { id: earlier }, omit });
        if (!row) throw new DomainError('gone', 'session-deleted', 'The session that this request made was deleted');
        return { session: toSession(row), isNew: false };
      }
      const { userId, tenantId } = owner;
      const data = { id, userId, tenantId, customerId, name, state: state.text, pageCount: state.pageCount };
      return { session: toSession(await transaction.soloSession.create({ data, omit })), isNew: true };
    });
  }

  override async find(id: string, owner: Party): Promise<SoloSession | null> {
    const row = await this.prisma.soloSession.findFirst({ where: { id, ...ownedBy(owner) }, omit });
    return row && toSession(row);
  }

  override async readState(id: string): Promise<string | null> {
    const row = await this.prisma.soloSession.findUnique({ where: { id }, select: { state: true } });
    return row?.state ?? null;
  }

  override async list(owner: Party, size: number, cursor?: string): Promise<Page<SoloSession>> {
    const where = ownedBy(owner);
    const [count, rows] = await Promise.all([
      this.prisma.soloSession.count({ where }),
      this.prisma.soloSession.findMany({
        where: { ...where, id: { lt: cursor } },
        orderBy: { id: 'desc' },
        take: size + 1,
        omit,
      }),
    ]);
    return pageOf(count, rows, size, toSession);
  }

  override async update(id: string, owner: Party, { name, state }: SessionChange): Promise<SoloSession | null> {
    const [row] = await this.prisma.soloSession.updateManyAndReturn({
      where: { id, ...ownedBy(owner) },
      data: { name, state: state?.text, pageCount: state?.pageCount, rev: { increment: 1 }, updatedAt: new Date() },
      omit,
    });
    return row ? toSession(row) : null;
  }

  override async setThumbnail(id: string, rev: number, key: string): Promise<{ replaced: string | null } | null> {
    // The row is read under its lock: of two drawings at once the second finds the key of the first.
    const [changed] = await this.prisma.$queryRaw<{ replaced: string | null }[]>`
      UPDATE solo_sessions SET thumbnail_key = ${key}
      FROM (SELECT id, thumbnail_key FROM solo_sessions WHERE id = ${id}::uuid AND rev = ${rev} FOR UPDATE) AS before
      WHERE solo_sessions.id = before.id RETURNING before.thumbnail_key AS replaced`;
    return changed ?? null;
  }

  override async findThumbnail(id: string, owner: Party | null): Promise<string | null> {
    const where = { id, ...(owner && ownedBy(owner)) };
    const row = await this.prisma.soloSession.findFirst({ where, select: { thumbnailKey: true } });
    return row?.thumbnailKey ?? null;
  }

  override async findThumbnailsAmong(keys: readonly string[]): Promise<ReadonlySet<string>> {
    // Each lies in a folder that bears the session's id.
    const ids = keys.map((key) => key.split('/')[1] ?? '').filter((id) => isUUID(id));
    const rows = await this.prisma.soloSession.findMany({
      where: { id: { in: ids }, thumbnailKey: { in: [...keys] } },
      select: { thumbnailKey: true },
    });
    return new Set(rows.flatMap(({ thumbnailKey }) => thumbnailKey ?? []));
  }

  override async delete(id: string, owner: Party): Promise<boolean> {
    const { count } = await this.prisma.soloSession.deleteMany({ where: { id, ...ownedBy(owner) } });
    return count === 1;
  }
}

function toSession(row: Row): SoloSession {
  const { id, userId, tenantId, customerId, name, pageCount, rev, thumbnailKey, createdAt, updatedAt } = row;
  return { id, userId, tenantId, customerId, name, pageCount, rev, thumbnailKey, createdAt, updatedAt };
}
