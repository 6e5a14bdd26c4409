import { v7 as uuidv7 } from 'uuid';
import type { UserPrincipal, Person } from '../../src/platform/auth/principal';
import type { Page } from '../../src/platform/paging';
import type { IdempotentRequest } from '../../src/platform/idempotent-request';
import {
  type DecideChange,
  type ScheduleCreation,
  type ScheduleQuery,
  ScheduleRepository,
} from '../../src/scheduled-export/model/domain/interfaces/schedule.repository';
import type { Schedule, ScheduleDefinition } from '../../src/scheduled-export/model/domain/schedule';
import { firstSlot, requireRoom, scheduleDeleted } from '../../src/scheduled-export/model/domain/schedule-changes';
import { accessToOwn, isOwner, type ScheduleAccess } from '../../src/scheduled-export/model/domain/schedule-rights';
import { asJson } from './export-record';
import { pageOf } from './fake-page';
import type { FakeRecords } from './fake-records';

/** The schedules of a `FakeRecords`. */
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
    if (earlier !== null) return { schedule: this.findCreated(earlier), isNew: false };
    requireRoom(this.allWithin(accessToOwn(by)).length);
    const now = this.records.clock.now();
    const { userId, tenantId } = by;
    const nextRunAt = definition.isActive ? firstSlot(definition.rule, now) : null;
    const schedule = {
      id: uuidv7(),
      userId,
      tenantId,
      ...keptOf(definition),
      nextRunAt,
      lastRunAt: null,
      pausedReason: null,
      failures: 0,
      createdAt: now,
      updatedAt: now,
      pausedCode: null,
      skippedSlot: null,
      adminSeenAt: now,
    };
    if (idempotency) this.records.storeIdempotencyKey(idempotency, schedule.id);
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

  override delete(id: string, access: ScheduleAccess): Promise<boolean> {
    const schedule = this.within(id, access);
    if (!schedule) return Promise.resolve(false);
    this.records.schedules.delete(id);
    for (const { run } of this.records.runs.values()) if (run.scheduleId === id) this.records.runs.delete(run.id);
    this.audit(schedule, 'deleted', access);
    return Promise.resolve(true);
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
  protected override async change(
    id: string,
    access: ScheduleAccess,
    action: string,
    decide: DecideChange,
    definition?: ScheduleDefinition,
  ): Promise<Schedule | null> {
    const before = this.within(id, access);
    if (!before) return null;
    const now = this.records.clock.now();
    const change = decide(before, now);
    if (!change) return before;
    return this.keep({ ...before, ...(definition && keptOf(definition)), ...change, updatedAt: now }, action, access);
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

  private findCreated(id: string): Schedule {
    const schedule = this.records.schedules.get(id);
    if (schedule) return schedule;
    throw scheduleDeleted('The schedule that this request created was deleted.');
  }
}

/** The definition as it is stored: JSON drops what is `undefined`. */
function keptOf(definition: ScheduleDefinition): ScheduleDefinition {
  return asJson(definition);
}
