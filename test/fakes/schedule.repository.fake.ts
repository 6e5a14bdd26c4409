import { v7 as uuidv7 } from 'uuid';
import type { Caller, Person } from '../../src/platform/auth/caller';
import { DomainError } from '../../src/platform/errors/domain-error';
import type { Page } from '../../src/platform/http/page';
import type { IdempotentRequest } from '../../src/platform/idempotency/idempotency-keys';
import {
  type ScheduleCreation,
  type ScheduleQuery,
  ScheduleRepository,
} from '../../src/scheduled-export/model/domain/interfaces/schedule.repository';
import { recurrenceOf, type RecurrenceRule } from '../../src/scheduled-export/model/domain/recurrence/recurrence-rule';
import {
  MOST_SCHEDULES,
  type Schedule,
  type ScheduleDefinition,
} from '../../src/scheduled-export/model/domain/schedule';
import { asJson, isVisibleTo } from './export-record';
import { pageOf } from './fake-page';
import type { FakeRecords } from './fake-records';

const RESUMED = { isActive: true, pausedReason: null, failures: 0 };

/** The schedules of a `FakeRecords`, as their owners keep them. */
export class FakeScheduleRepository extends ScheduleRepository {
  constructor(private readonly records: FakeRecords) {
    super();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a refusal rejects, as everywhere
  override async create(
    definition: ScheduleDefinition,
    by: Caller,
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
    };
    if (idempotency) this.records.keepIdempotencyKey(idempotency, schedule.id);
    return { schedule: this.keep(schedule, 'created', by), isNew: true };
  }

  override findOwned(id: string, owner: Person): Promise<Schedule | null> {
    return Promise.resolve(this.own(id, owner));
  }

  override list({ owner, size, cursor, isActive }: ScheduleQuery): Promise<Page<Schedule>> {
    const all = this.allOf(owner).filter((one) => isActive === undefined || one.isActive === isActive);
    return Promise.resolve(pageOf(all, size, cursor, (one) => one));
  }

  override replace(id: string, definition: ScheduleDefinition, by: Caller): Promise<Schedule | null> {
    const { isActive, rule } = definition;
    return this.change(id, by, 'changed', (before, now) => {
      const staysDue = isActive && before.isActive && isSame(before.rule, rule);
      const nextRunAt = staysDue ? before.nextRunAt : isActive ? nextRun(rule, now) : null;
      return { ...keptOf(definition), ...(isActive && RESUMED), nextRunAt };
    });
  }

  override delete(id: string, by: Caller): Promise<boolean> {
    const schedule = this.own(id, by);
    if (!schedule) return Promise.resolve(false);
    this.records.schedules.delete(id);
    for (const { run } of this.records.runs.values()) if (run.scheduleId === id) this.records.runs.delete(run.id);
    this.audit(schedule, 'deleted', by);
    return Promise.resolve(true);
  }

  override pause(id: string, by: Caller): Promise<Schedule | null> {
    return this.change(id, by, 'paused', ({ isActive }) => (isActive ? { isActive: false, nextRunAt: null } : null));
  }

  override resume(id: string, by: Caller): Promise<Schedule | null> {
    return this.change(id, by, 'resumed', ({ isActive, rule }, now) =>
      isActive ? null : { ...RESUMED, nextRunAt: nextRun(rule, now) },
    );
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a refusal rejects, as everywhere
  private async change(
    id: string,
    by: Caller,
    action: string,
    changeOf: (before: Schedule, now: Date) => Partial<Schedule> | null,
  ): Promise<Schedule | null> {
    const before = this.own(id, by);
    if (!before) return null;
    const now = this.records.clock.now();
    const change = changeOf(before, now);
    return change ? this.keep({ ...before, ...change, updatedAt: now }, action, by) : before;
  }

  private keep(schedule: Schedule, action: string, by: Caller): Schedule {
    this.records.schedules.set(schedule.id, schedule);
    this.audit(schedule, action, by);
    return schedule;
  }

  private audit({ id, name, tenantId }: Schedule, action: string, { userId }: Caller): void {
    this.records.audit({ action: `schedule.${action}`, scheduleId: id, userId, tenantId, details: { name } });
  }

  private own(id: string, owner: Person): Schedule | null {
    return this.allOf(owner).find((schedule) => schedule.id === id) ?? null;
  }

  private allOf({ userId, tenantId }: Person): Schedule[] {
    const owner = { userId, tenantId };
    return [...this.records.schedules.values()].filter((one) => isVisibleTo(owner, { ...one, customerId: null }));
  }

  private madeBefore(id: string): Schedule {
    const schedule = this.records.schedules.get(id);
    if (schedule) return schedule;
    throw new DomainError('gone', 'schedule-deleted', 'The schedule that this request made was deleted');
  }

  private refuseOneMore(owner: Person): void {
    if (this.allOf(owner).length < MOST_SCHEDULES) return;
    const message = `You have ${MOST_SCHEDULES} schedules, which is as many as one may have: delete one first`;
    throw new DomainError('conflict', 'too-many-schedules', message);
  }
}

/** The definition as it is kept: what goes through JSON loses what is `undefined`. */
function keptOf(definition: ScheduleDefinition): ScheduleDefinition {
  return asJson(definition);
}

function nextRun(rule: RecurrenceRule, now: Date): Date {
  const next = recurrenceOf(rule).nextAfter(now);
  if (next) return next;
  const field = rule.cron === null ? 'frequency' : 'cron';
  throw DomainError.invalidRequest({ field, message: 'names no date that there will ever be' });
}

function isSame(one: RecurrenceRule, other: RecurrenceRule): boolean {
  const names = ['frequency', 'cron', 'at', 'weekday', 'dayOfMonth', 'timeZone'] as const;
  return names.every((name) => one[name] === other[name]);
}
