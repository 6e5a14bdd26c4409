import { v7 as uuidv7 } from 'uuid';
import type { UserPrincipal, Person } from '../../src/platform/auth/principal';
import { DomainError } from '../../src/platform/errors/domain-error';
import type { Page } from '../../src/platform/paging';
import type { IdempotentRequest } from '../../src/platform/idempotent-request';
import {
  type ScheduleCreation,
  type ScheduleQuery,
  ScheduleRepository,
} from '../../src/scheduled-export/model/domain/interfaces/schedule.repository';
import { toRecurrence, type RecurrenceRule } from '../../src/scheduled-export/model/domain/recurrence/recurrence-rule';
import {
  MAX_SCHEDULES,
  type Schedule,
  type ScheduleDefinition,
} from '../../src/scheduled-export/model/domain/schedule';
import {
  accessToOwn,
  isOwner,
  pauseReasonFor,
  type ScheduleAccess,
} from '../../src/scheduled-export/model/domain/schedule-access';
import { asJson } from './export-record';
import { pageOf } from './fake-page';
import type { FakeRecords } from './fake-records';

const RESUMED = { isActive: true, pausedReason: null, pausedCode: null, failures: 0, skippedSlot: null };

/** The schedules of a `FakeRecords`, as their owners keep them. */
export class FakeScheduleRepository extends ScheduleRepository {
  constructor(private readonly records: FakeRecords) {
    super();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a refusal rejects, as everywhere
  override async create(
    definition: ScheduleDefinition,
    by: UserPrincipal,
    idempotency: IdempotentRequest | null,
  ): Promise<ScheduleCreation> {
    const earlier = idempotency && this.records.resourceOf(idempotency);
    if (earlier !== null) return { schedule: this.madeBefore(earlier), isNew: false };
    this.refuseOneMore(by);
    const now = this.records.clock.now();
    const { userId, tenantId } = by;
    const nextRunAt = definition.isActive ? nextRun(definition.rule, now) : null;
    const schedule = {
      ...{ id: uuidv7(), userId, tenantId, ...keptOf(definition), nextRunAt },
      ...{ lastRunAt: null, pausedReason: null, failures: 0, createdAt: now, updatedAt: now },
      ...{ pausedCode: null, skippedSlot: null, adminSeenAt: now },
    };
    if (idempotency) this.records.keepIdempotencyKey(idempotency, schedule.id);
    return { schedule: this.keep(schedule, 'created', accessToOwn(by)), isNew: true };
  }

  override find(id: string, access: ScheduleAccess): Promise<Schedule | null> {
    return Promise.resolve(this.within(id, access));
  }

  override list({ access, ownerId, tenantId, size, cursor, isActive }: ScheduleQuery): Promise<Page<Schedule>> {
    const all = this.allWithin(access)
      .filter((one) => isActive === undefined || one.isActive === isActive)
      .filter((one) => (ownerId ?? one.userId) === one.userId && (tenantId ?? one.tenantId) === one.tenantId);
    return Promise.resolve(pageOf(all, size, cursor, (one) => one));
  }

  override replace(id: string, definition: ScheduleDefinition, by: UserPrincipal): Promise<Schedule | null> {
    const { isActive, rule } = definition;
    return this.change(id, accessToOwn(by), 'changed', (before, now) => {
      const staysDue = isActive && before.isActive && isSame(before.rule, rule);
      const nextRunAt = staysDue ? before.nextRunAt : isActive ? nextRun(rule, now) : null;
      return { ...keptOf(definition), ...(isActive && RESUMED), adminSeenAt: now, nextRunAt };
    });
  }

  override delete(id: string, access: ScheduleAccess): Promise<boolean> {
    const schedule = this.within(id, access);
    if (!schedule) return Promise.resolve(false);
    this.records.schedules.delete(id);
    for (const { run } of this.records.runs.values()) if (run.scheduleId === id) this.records.runs.delete(run.id);
    this.audit(schedule, 'deleted', access);
    return Promise.resolve(true);
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

  override recordAdminActivity(administrator: Person): Promise<void> {
    const anHourAgo = this.records.clock.in(-3600);
    for (const schedule of this.allWithin(accessToOwn(administrator))) {
      if (!schedule.asAdmin || schedule.adminSeenAt >= anHourAgo) continue;
      this.records.schedules.set(schedule.id, { ...schedule, adminSeenAt: this.records.clock.now() });
    }
    return Promise.resolve();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a refusal rejects, as everywhere
  private async change(
    id: string,
    access: ScheduleAccess,
    action: string,
    changeOf: (before: Schedule, now: Date) => Partial<Schedule> | null,
  ): Promise<Schedule | null> {
    const before = this.within(id, access);
    if (!before) return null;
    const now = this.records.clock.now();
    const change = changeOf(before, now);
    return change ? this.keep({ ...before, ...change, updatedAt: now }, action, access) : before;
  }

  private keep(schedule: Schedule, action: string, access: ScheduleAccess): Schedule {
    this.records.schedules.set(schedule.id, schedule);
    this.audit(schedule, action, access);
    return schedule;
  }

  private audit(schedule: Schedule, action: string, { actor }: ScheduleAccess): void {
    const { id: scheduleId, name, tenantId, userId: owner } = schedule;
    const who = { ...(!isOwner(schedule, actor) && { owner }), ...(!actor && { by: 'operator' }) };
    const userId = actor?.userId ?? null;
    this.records.audit({ action: `schedule.${action}`, scheduleId, userId, tenantId, details: { name, ...who } });
  }

  private within(id: string, access: ScheduleAccess): Schedule | null {
    return this.allWithin(access).find((schedule) => schedule.id === id) ?? null;
  }

  private allWithin(access: ScheduleAccess): Schedule[] {
    const isWithin = (one: Schedule) =>
      access.to === 'all' || (access.to === 'tenant' ? one.tenantId === access.tenantId : isOwner(one, access.actor));
    return [...this.records.schedules.values()].filter(isWithin);
  }

  private madeBefore(id: string): Schedule {
    const schedule = this.records.schedules.get(id);
    if (schedule) return schedule;
    throw new DomainError('gone', 'schedule-deleted', 'The schedule that this request made was deleted');
  }

  private refuseOneMore(owner: Person): void {
    if (this.allWithin(accessToOwn(owner)).length < MAX_SCHEDULES) return;
    const message = `You have ${MAX_SCHEDULES} schedules, which is as many as one may have: delete one first`;
    throw new DomainError('conflict', 'too-many-schedules', message);
  }
}

/** The definition as it is kept: what goes through JSON loses what is `undefined`. */
function keptOf(definition: ScheduleDefinition): ScheduleDefinition {
  return asJson(definition);
}

function nextRun(rule: RecurrenceRule, now: Date): Date {
  const next = toRecurrence(rule).nextAfter(now);
  if (next) return next;
  const field = rule.cron === null ? 'frequency' : 'cron';
  throw DomainError.invalidRequest({ field, message: 'names no date that there will ever be' });
}

function isSame(one: RecurrenceRule, other: RecurrenceRule): boolean {
  const names = ['frequency', 'cron', 'at', 'weekday', 'dayOfMonth', 'timeZone'] as const;
  return names.every((name) => one[name] === other[name]);
}
