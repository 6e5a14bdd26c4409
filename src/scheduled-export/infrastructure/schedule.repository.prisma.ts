import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type Caller, type Person, partyKey } from '../../platform/auth/caller';
import { DomainError } from '../../platform/errors/domain-error';
import { type Page, pageOf } from '../../platform/http/page';
import { claimIdempotencyKey, type IdempotentRequest } from '../../platform/idempotency/idempotency-keys';
import { Prisma } from '../../platform/prisma/generated/client';
import { ownedBy, ownedBySql } from '../../platform/prisma/owned-by';
import { PrismaService, type Transaction } from '../../platform/prisma/prisma.service';
import {
  type ScheduleCreation,
  type ScheduleQuery,
  ScheduleRepository,
} from '../model/domain/interfaces/schedule.repository';
import { recurrenceOf, type RecurrenceRule } from '../model/domain/recurrence/recurrence-rule';
import { MOST_SCHEDULES, type Schedule, type ScheduleDefinition } from '../model/domain/schedule';
import { auditedOf, columnsOf, nowIn, recordStep, toSchedule } from './schedule-row';

const RESUMED = { isActive: true, pausedReason: null, failures: 0 };

@Injectable()
export class PrismaScheduleRepository extends ScheduleRepository {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override create(
    definition: ScheduleDefinition,
    by: Caller,
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

  override async findOwned(id: string, owner: Person): Promise<Schedule | null> {
    const row = await this.prisma.schedule.findFirst({ where: { id, ...ownedBy(owner) } });
    return row && toSchedule(row);
  }

  override async list({ owner, size, cursor, isActive }: ScheduleQuery): Promise<Page<Schedule>> {
    const all = { ...ownedBy(owner), isActive };
    const [count, rows] = await Promise.all([
      this.prisma.schedule.count({ where: all }),
      this.prisma.schedule.findMany({ where: { ...all, id: { lt: cursor } }, orderBy: { id: 'desc' }, take: size + 1 }),
    ]);
    return pageOf(count, rows, size, toSchedule);
  }

  override replace(id: string, definition: ScheduleDefinition, by: Caller): Promise<Schedule | null> {
    const { isActive, rule } = definition;
    return this.change(id, by, 'changed', (before, now) => {
      const staysDue = isActive && before.isActive && isSame(before.rule, rule);
      return {
        ...columnsOf(definition),
        ...(isActive ? RESUMED : { isActive }),
        nextRunAt: staysDue ? before.nextRunAt : isActive ? nextRun(rule, now) : null,
      };
    });
  }

  override delete(id: string, by: Caller): Promise<boolean> {
    return this.prisma.$transaction(async (transaction) => {
      const schedule = await locked(transaction, id, by);
      if (!schedule) return false;
      await transaction.schedule.delete({ where: { id } });
      await recordStep(transaction, schedule, 'deleted', { by });
      return true;
    });
  }

  override pause(id: string, by: Caller): Promise<Schedule | null> {
    return this.change(id, by, 'paused', ({ isActive }) => (isActive ? { isActive: false, nextRunAt: null } : null));
  }

  override resume(id: string, by: Caller): Promise<Schedule | null> {
    return this.change(id, by, 'resumed', ({ isActive, rule }, now) =>
      isActive ? null : { ...RESUMED, nextRunAt: nextRun(rule, now) },
    );
  }

  /** @param changeOf what is to change, by what was and the database's clock; `null` for nothing */
  private change(
    id: string,
    by: Caller,
    action: string,
    changeOf: (before: Schedule, now: Date) => Prisma.ScheduleUpdateInput | null,
  ): Promise<Schedule | null> {
    return this.prisma.$transaction(async (transaction) => {
      const before = await locked(transaction, id, by);
      if (!before) return null;
      const now = await nowIn(transaction);
      const change = changeOf(before, now);
      if (!change) return before;
      const row = await transaction.schedule.update({ where: { id }, data: { ...change, updatedAt: now } });
      const schedule = toSchedule(row);
      await recordStep(transaction, schedule, action, {
        by,
        ...(action === 'changed' && { details: auditedOf(schedule) }),
      });
      return schedule;
    });
  }
}

/** The schedule, which nobody else changes until the transaction ends. */
async function locked(transaction: Transaction, id: string, owner: Person): Promise<Schedule | null> {
  const rows = await transaction.$queryRaw<{ id: string }[]>`
    SELECT id FROM scheduled_exports WHERE id = ${id}::uuid AND ${ownedBySql(owner)} FOR UPDATE`;
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
    SELECT pg_advisory_xact_lock(hashtextextended(${`schedules of ${partyKey({ userId, tenantId })}`}, 0))`;
  if ((await transaction.schedule.count({ where: { userId, tenantId } })) < MOST_SCHEDULES) return;
  const message = `You have ${MOST_SCHEDULES} schedules, which is as many as one may have: delete one first`;
  throw new DomainError('conflict', 'too-many-schedules', message);
}

function nextRun(rule: RecurrenceRule, now: Date): Date {
  const next = recurrenceOf(rule).nextAfter(now);
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
