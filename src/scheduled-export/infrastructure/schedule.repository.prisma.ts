import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type UserPrincipal, type Person, principalKey } from '../../platform/auth/principal';
import type { AuditEntry } from '../../platform/audit/audit-log';
import { type Page, toPage } from '../../platform/paging';
import type { IdempotentRequest } from '../../platform/idempotent-request';
import { claimIdempotencyKey } from '../../platform/database/idempotency-keys';
import { Prisma } from '../../platform/database/generated/client';
import { visibleTo } from '../../platform/database/visibility';
import { PrismaService, type Transaction } from '../../platform/database/prisma.service';
import {
  type DecideChange,
  type ScheduleCreation,
  type ScheduleQuery,
  ScheduleRepository,
} from '../model/domain/interfaces/schedule.repository';
import { type Schedule, type ScheduleDefinition } from '../model/domain/schedule';
import { firstSlot, requireRoom, scheduleDeleted } from '../model/domain/schedule-changes';
import type { ScheduleAccess } from '../model/domain/schedule-rights';
import { auditedOf, columnsOf, lockSchedule, nowIn, recordStep, toSchedule } from './schedule-row';

/** Administrators' activity is written at this interval; rights end after days. */
const ACTIVITY_INTERVAL = '1 hour';

@Injectable()
export class PrismaScheduleRepository extends ScheduleRepository {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override create(
    definition: ScheduleDefinition,
    by: UserPrincipal,
    idempotency: IdempotentRequest | null,
  ): Promise<ScheduleCreation> {
    const id = uuidv7();
    return this.prisma.$transaction(async (transaction) => {
      const earlier = idempotency && (await claimIdempotencyKey(transaction, idempotency, id));
      if (earlier !== null) return { schedule: await findCreated(transaction, earlier), isNew: false };
      requireRoom(await countLocked(transaction, by));
      const now = await nowIn(transaction);
      const { isActive, rule } = definition;
      const times = { nextRunAt: isActive ? firstSlot(rule, now) : null, createdAt: now, updatedAt: now };
      const { userId, tenantId } = by;
      const data = { id, userId, tenantId, ...columnsOf(definition), isActive, ...times };
      const schedule = toSchedule(await transaction.schedule.create({ data }));
      await recordStep(transaction, schedule, 'created', { by, details: auditedOf(schedule) });
      return { schedule, isNew: true };
    });
  }

  override async find(id: string, access: ScheduleAccess): Promise<Schedule | null> {
    const row = await this.prisma.schedule.findFirst({ where: { id, ...within(access) } });
    return row && toSchedule(row);
  }

  override async list({ access, ownerId, tenantId, size, cursor, isActive }: ScheduleQuery): Promise<Page<Schedule>> {
    const all = { AND: [within(access), { userId: ownerId, tenantId }], isActive };
    const [count, rows] = await Promise.all([
      this.prisma.schedule.count({ where: all }),
      this.prisma.schedule.findMany({ where: { ...all, id: { lt: cursor } }, orderBy: { id: 'desc' }, take: size + 1 }),
    ]);
    return toPage(count, rows, size, toSchedule);
  }

  override delete(id: string, access: ScheduleAccess): Promise<boolean> {
    return this.prisma.$transaction(async (transaction) => {
      const schedule = await lockSchedule(transaction, id, withinSql(access));
      if (!schedule) return false;
      await transaction.schedule.delete({ where: { id } });
      await recordStep(transaction, schedule, 'deleted', stepBy(access));
      return true;
    });
  }

  override async recordAdminActivity(administrator: Person): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE scheduled_exports SET admin_seen_at = now()
      WHERE ${visibleTo(administrator).sql} AND as_admin AND admin_seen_at < now() - ${ACTIVITY_INTERVAL}::interval`;
  }

  protected override change(
    id: string,
    access: ScheduleAccess,
    action: string,
    decide: DecideChange,
    definition?: ScheduleDefinition,
  ): Promise<Schedule | null> {
    return this.prisma.$transaction(async (transaction) => {
      const before = await lockSchedule(transaction, id, withinSql(access));
      if (!before) return null;
      const now = await nowIn(transaction);
      const change = decide(before, now);
      if (!change) return before;
      const data = { ...(definition && columnsOf(definition)), ...change, updatedAt: now };
      const schedule = toSchedule(await transaction.schedule.update({ where: { id }, data }));
      await recordStep(transaction, schedule, action, stepBy(access, definition && auditedOf(schedule)));
      return schedule;
    });
  }
}

/** The condition that a schedule is within the access. */
function within(access: ScheduleAccess): Prisma.ScheduleWhereInput {
  switch (access.to) {
    case 'own': {
      const { userId, tenantId } = access.actor;
      return { userId, tenantId };
    }
    case 'tenant':
      return { tenantId: access.tenantId };
    case 'all':
      return {};
  }
}

/** The same as SQL. */
function withinSql(access: ScheduleAccess): Prisma.Sql {
  switch (access.to) {
    case 'own':
      return visibleTo(access.actor).sql;
    case 'tenant':
      return Prisma.sql`tenant_id = ${access.tenantId}`;
    case 'all':
      return Prisma.sql`true`;
  }
}

async function findCreated(transaction: Transaction, id: string): Promise<Schedule> {
  const row = await transaction.schedule.findUnique({ where: { id } });
  if (!row) throw scheduleDeleted('The schedule that this request created was deleted.');
  return toSchedule(row);
}

/** Two creations of one owner wait for each other, so that neither exceeds the maximum. */
async function countLocked(transaction: Transaction, { userId, tenantId }: Person): Promise<number> {
  await transaction.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended(${`schedules of ${principalKey({ userId, tenantId })}`}, 0))`;
  return transaction.schedule.count({ where: { userId, tenantId } });
}

/** The operator on the command line has no user id. */
function stepBy({ actor: by }: ScheduleAccess, details: AuditEntry['details'] = {}) {
  return { by, details: { ...details, ...(by === null && { by: 'operator' }) } };
}
