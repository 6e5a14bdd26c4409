import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type UserPrincipal, type Person, principalKey } from '../../platform/auth/principal';
import type { AuditEntry } from '../../platform/audit/audit-log';
import { DomainError } from '../../platform/errors/domain-error';
import { type Page, toPage } from '../../platform/paging';
import type { IdempotentRequest } from '../../platform/idempotent-request';
import { claimIdempotencyKey } from '../../platform/database/idempotency-keys';
import { Prisma } from '../../platform/database/generated/client';
import { visibleTo } from '../../platform/database/visibility';
import { PrismaService, type Transaction } from '../../platform/database/prisma.service';
import {
  type ScheduleCreation,
  type ScheduleQuery,
  ScheduleRepository,
} from '../model/domain/interfaces/schedule.repository';
import { toRecurrence, type RecurrenceRule } from '../model/domain/recurrence/recurrence-rule';
import { MAX_SCHEDULES, type Schedule, type ScheduleDefinition } from '../model/domain/schedule';
import { type ScheduleAccess, accessToOwn, isOwner, pauseReasonFor } from '../model/domain/schedule-access';
import { auditedOf, columnsOf, nowIn, recordStep, toSchedule } from './schedule-row';

const RESUMED = { isActive: true, pausedReason: null, pausedCode: null, failures: 0, skippedSlot: null };

/** An administrator's right is confirmed again after so long: it ends after days. */
const CONFIRMED_FOR = '1 hour';

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
      if (earlier !== null) return { schedule: await madeBefore(transaction, earlier), isNew: false };
      await refuseOneMore(transaction, by);
      const now = await nowIn(transaction);
      const { isActive, rule } = definition;
      const times = { nextRunAt: isActive ? nextRun(rule, now) : null, createdAt: now, updatedAt: now };
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

  override replace(id: string, definition: ScheduleDefinition, by: UserPrincipal): Promise<Schedule | null> {
    const { isActive, rule } = definition;
    return this.change(id, accessToOwn(by), 'changed', (before, now) => {
      const staysDue = isActive && before.isActive && isSame(before.rule, rule);
      return {
        ...columnsOf(definition),
        ...(isActive ? RESUMED : { isActive }),
        adminSeenAt: now,
        nextRunAt: staysDue ? before.nextRunAt : isActive ? nextRun(rule, now) : null,
      };
    });
  }

  override delete(id: string, access: ScheduleAccess): Promise<boolean> {
    return this.prisma.$transaction(async (transaction) => {
      const schedule = await locked(transaction, id, access);
      if (!schedule) return false;
      await transaction.schedule.delete({ where: { id } });
      await recordStep(transaction, schedule, 'deleted', stepBy(access));
      return true;
    });
  }

  override pause(id: string, access: ScheduleAccess): Promise<Schedule | null> {
    return this.change(id, access, 'paused', (before) =>
      before.isActive
        ? { isActive: false, nextRunAt: null, skippedSlot: null, ...pauseReasonFor(before, access) }
        : null,
    );
  }

  override resume(id: string, access: ScheduleAccess): Promise<Schedule | null> {
    return this.change(id, access, 'resumed', (before, now) => {
      if (before.isActive) return null;
      const isConfirmed = before.asAdmin && isOwner(before, access.actor);
      return { ...RESUMED, ...(isConfirmed && { adminSeenAt: now }), nextRunAt: nextRun(before.rule, now) };
    });
  }

  override async recordAdminActivity(administrator: Person): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE scheduled_exports SET admin_seen_at = now()
      WHERE ${visibleTo(administrator).sql} AND as_admin AND admin_seen_at < now() - ${CONFIRMED_FOR}::interval`;
  }

  /** @param changeOf what is to change, by what was and the database's clock; `null` for nothing */
  private change(
    id: string,
    access: ScheduleAccess,
    action: string,
    changeOf: (before: Schedule, now: Date) => Prisma.ScheduleUpdateInput | null,
  ): Promise<Schedule | null> {
    return this.prisma.$transaction(async (transaction) => {
      const before = await locked(transaction, id, access);
      if (!before) return null;
      const now = await nowIn(transaction);
      const change = changeOf(before, now);
      if (!change) return before;
      const row = await transaction.schedule.update({ where: { id }, data: { ...change, updatedAt: now } });
      const schedule = toSchedule(row);
      const details = action === 'changed' ? auditedOf(schedule) : {};
      await recordStep(transaction, schedule, action, stepBy(access, details));
      return schedule;
    });
  }
}

/** The condition that a schedule is within reach. */
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

/** The schedule, which nobody else changes until the transaction ends. */
async function locked(transaction: Transaction, id: string, access: ScheduleAccess): Promise<Schedule | null> {
  const rows = await transaction.$queryRaw<{ id: string }[]>`
    SELECT id FROM scheduled_exports WHERE id = ${id}::uuid AND ${withinSql(access)} FOR UPDATE`;
  if (rows.length === 0) return null;
  return toSchedule(await transaction.schedule.findUniqueOrThrow({ where: { id } }));
}

async function madeBefore(transaction: Transaction, id: string): Promise<Schedule> {
  const row = await transaction.schedule.findUnique({ where: { id } });
  if (!row) throw new DomainError('gone', 'schedule-deleted', 'The schedule that this request made was deleted');
  return toSchedule(row);
}

/** @throws DomainError conflict. Two creations of one owner at once do not pass by each other. */
async function refuseOneMore(transaction: Transaction, { userId, tenantId }: Person): Promise<void> {
  await transaction.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended(${`schedules of ${principalKey({ userId, tenantId })}`}, 0))`;
  if ((await transaction.schedule.count({ where: { userId, tenantId } })) < MAX_SCHEDULES) return;
  const message = `You have ${MAX_SCHEDULES} schedules, which is as many as one may have: delete one first`;
  throw new DomainError('conflict', 'too-many-schedules', message);
}

/** The operator on the command line has no user id. */
function stepBy({ actor: by }: ScheduleAccess, details: AuditEntry['details'] = {}) {
  return { by, details: { ...details, ...(by === null && { by: 'operator' }) } };
}

function nextRun(rule: RecurrenceRule, now: Date): Date {
  const next = toRecurrence(rule).nextAfter(now);
  if (next) return next;
  const message = 'names no date that there will ever be';
  throw DomainError.invalidRequest({
    field: rule.cron === null ? 'frequency' : 'cron',
    message,
  });
}

function isSame(one: RecurrenceRule, other: RecurrenceRule): boolean {
  const names = ['frequency', 'cron', 'at', 'weekday', 'dayOfMonth', 'timeZone'] as const;
  return names.every((name) => one[name] === other[name]);
}
