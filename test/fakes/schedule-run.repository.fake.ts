import { v7 as uuidv7 } from 'uuid';
import type { Caller, Person } from '../../src/platform/auth/caller';
import type { RateLimit } from '../../src/platform/config/rate-limit';
import { DomainError } from '../../src/platform/errors/domain-error';
import type { Page } from '../../src/platform/http/page';
import type { IdempotentRequest } from '../../src/platform/idempotency/idempotency-keys';
import { type ChannelName, CHANNELS } from '../../src/platform/outbox/planned-delivery';
import { type RateLimitState, takeOneMore } from '../../src/platform/rate-limit/rate-limit';
import {
  type BegunRun,
  type ManualRun,
  ScheduleRunRepository,
} from '../../src/scheduled-export/model/domain/interfaces/schedule-run.repository';
import { recurrenceOf } from '../../src/scheduled-export/model/domain/recurrence/recurrence-rule';
import { MOST_FAILURES, type Schedule } from '../../src/scheduled-export/model/domain/schedule';
import type { RunTrigger, RunVerdict, ScheduleRun } from '../../src/scheduled-export/model/domain/schedule-run';
import { pageOf } from './fake-page';
import type { FakeRecords, RunRecord } from './fake-records';

const BATCH = 100;
const MAX_CHECK_SECONDS = 60;
const UNREADABLE = 'When it is to run cannot be read any more. Say it anew.';

/** The runs of a `FakeRecords`: one for each slot of a schedule. */
export class FakeScheduleRunRepository extends ScheduleRunRepository {
  constructor(
    private readonly records: FakeRecords,
    private readonly pollIntervalMs: number,
  ) {
    super();
  }

  override beginDue(): Promise<BegunRun | null> {
    for (let schedule = this.nextDue(); schedule; schedule = this.nextDue()) {
      const begun = this.beginNext(schedule);
      if (begun) return Promise.resolve(begun);
    }
    return Promise.resolve(null);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a refusal rejects, as everywhere
  override async beginManual(
    scheduleId: string,
    by: Caller,
    idempotency: IdempotentRequest | null,
    limit: RateLimit | null,
  ): Promise<ManualRun> {
    const earlier = idempotency && this.records.resourceOf(idempotency);
    if (earlier !== null) return { ...this.begunBefore(earlier), isNew: false, rateLimit: null };
    const schedule = this.records.schedules.get(scheduleId);
    if (schedule?.userId !== by.userId || schedule.tenantId !== by.tenantId) throw DomainError.notFound('Schedule');
    const rateLimit = limit && this.takeFromLimit(by, limit);
    const run = this.insert(scheduleId, null, 'manual');
    if (idempotency) this.records.keepIdempotencyKey(idempotency, run.id);
    this.records.schedules.set(scheduleId, { ...schedule, lastRunAt: this.records.clock.now() });
    this.audit(schedule, 'run-requested', by, run);
    return { run, schedule, isNew: true, rateLimit };
  }

  override takeOpen(): Promise<BegunRun[]> {
    const now = this.records.clock.now();
    const open = [...this.records.runs.values()]
      .filter(({ run, nextCheckAt }) => run.outcome === null && nextCheckAt <= now)
      .sort((one, other) => one.nextCheckAt.getTime() - other.nextCheckAt.getTime())
      .slice(0, BATCH);
    for (const record of open) {
      const tenth = (now.getTime() - record.run.createdAt.getTime()) / 10_000;
      record.nextCheckAt = this.records.clock.in(
        Math.min(MAX_CHECK_SECONDS, Math.max(this.pollIntervalMs / 2_000, tenth)),
      );
    }
    const begun = open.map(({ run }) => ({ run, schedule: this.scheduleOf(run) }));
    return Promise.resolve(begun.sort((one, other) => (one.run.id < other.run.id ? -1 : 1)));
  }

  override settle({ id, scheduleId }: ScheduleRun, { outcome, error, errorCode, counts }: RunVerdict): Promise<void> {
    const record = this.records.runs.get(id);
    if (record?.run.outcome !== null) return Promise.resolve();
    record.run = { ...record.run, outcome, error, errorCode, endedAt: this.records.clock.now() };
    const schedule = this.records.schedules.get(scheduleId);
    if (counts === 'not' || !schedule) return Promise.resolve();
    const failures = counts === 'up' ? schedule.failures + 1 : 0;
    this.records.schedules.set(scheduleId, { ...schedule, failures });
    const reason = `${failures} runs in a row failed, the last one with: ${error ?? 'no reason'}`;
    if (failures >= MOST_FAILURES) this.pause(scheduleId, reason, record.run);
    return Promise.resolve();
  }

  override pauseAfter(run: ScheduleRun, reason: string): Promise<void> {
    this.pause(run.scheduleId, reason, run, ['email']);
    return Promise.resolve();
  }

  override list(scheduleId: string, size: number, cursor?: string): Promise<Page<ScheduleRun>> {
    return Promise.resolve(pageOf(this.runsOf(scheduleId), size, cursor, (run) => run));
  }

  override lastOf(scheduleIds: readonly string[]): Promise<Map<string, ScheduleRun>> {
    const last = scheduleIds.flatMap((id) => pageOf(this.runsOf(id), 1, undefined, (run) => run).items);
    return Promise.resolve(new Map(last.map((run) => [run.scheduleId, run])));
  }

  private nextDue(): Schedule | undefined {
    const now = this.records.clock.now();
    return [...this.records.schedules.values()]
      .filter(({ isActive, nextRunAt }) => isActive && nextRunAt !== null && nextRunAt <= now)
      .sort((one, other) => Number(one.nextRunAt) - Number(other.nextRunAt))[0];
  }

  /** @returns `null` when the schedule went on without a run */
  private beginNext(schedule: Schedule): BegunRun | null {
    const now = this.records.clock.now();
    const times = timesOf(schedule, now);
    if (!times) {
      this.pause(schedule.id, UNREADABLE);
      return null;
    }
    const isRun = this.runsOf(schedule.id).some(({ slot }) => slot?.getTime() === times.slot.getTime());
    this.records.schedules.set(schedule.id, { ...schedule, nextRunAt: times.next, lastRunAt: now });
    if (isRun) return null;
    const run = this.insert(schedule.id, times.slot, 'schedule');
    this.audit(schedule, 'fired', null, run);
    return { run, schedule };
  }

  private insert(scheduleId: string, slot: Date | null, trigger: RunTrigger): ScheduleRun {
    const createdAt = this.records.clock.now();
    const open = { outcome: null, error: null, errorCode: null, endedAt: null };
    const run = { id: uuidv7(), scheduleId, slot, trigger, exportId: uuidv7(), createdAt, ...open };
    const record: RunRecord = { run, nextCheckAt: this.records.clock.in(this.pollIntervalMs / 1000) };
    this.records.runs.set(run.id, record);
    return run;
  }

  private begunBefore(id: string): BegunRun {
    const record = this.records.runs.get(id);
    if (record) return { run: record.run, schedule: this.scheduleOf(record.run) };
    throw new DomainError('gone', 'schedule-deleted', 'The schedule that this request ran was deleted');
  }

  private scheduleOf({ scheduleId }: ScheduleRun): Schedule {
    const schedule = this.records.schedules.get(scheduleId);
    if (!schedule) throw new Error('A run outlived its schedule');
    return schedule;
  }

  private runsOf(scheduleId: string): ScheduleRun[] {
    return [...this.records.runs.values()].map(({ run }) => run).filter((run) => run.scheduleId === scheduleId);
  }

  private takeFromLimit({ userId, tenantId }: Person, limit: RateLimit): RateLimitState {
    const since = this.records.clock.in(-limit.windowSeconds);
    const used = this.records.auditLog
      .filter((entry) => entry.action === 'schedule.run-requested' && entry.at > since)
      .filter((entry) => entry.userId === userId && entry.tenantId === tenantId)
      .map(({ at }) => at.getTime());
    const reset = used.length === 0 ? null : Math.ceil((Math.min(...used) - since.getTime()) / 1000);
    return takeOneMore('runs', limit, { used: used.length, reset });
  }

  /** Pauses a schedule that is active, and notifies its owner once. */
  private pause(
    scheduleId: string,
    reason: string,
    run: ScheduleRun | null = null,
    channels: readonly ChannelName[] = CHANNELS,
  ): void {
    const schedule = this.records.schedules.get(scheduleId);
    if (!schedule?.isActive) return;
    const paused = { isActive: false, nextRunAt: null, pausedReason: reason, updatedAt: this.records.clock.now() };
    this.records.schedules.set(scheduleId, { ...schedule, ...paused });
    this.audit(schedule, 'paused', null, run, { reason });
    const { notice, name, failures, userId, tenantId } = schedule;
    if (!notice || !channels.includes(notice.channel)) return;
    this.records.post({
      event: 'schedule.paused',
      ...{ exportId: run?.exportId ?? null, scheduleId, userId, tenantId, customerId: null },
      channel: notice.channel,
      target: notice.target,
      facts: { schedule_id: scheduleId, name, reason, failures },
    });
  }

  private audit(
    { id, name, tenantId }: Schedule,
    action: string,
    by: Person | null,
    run: ScheduleRun | null,
    more: { readonly reason?: string } = {},
  ): void {
    const slot = run?.slot && { slot: run.slot.toISOString() };
    const who = { scheduleId: id, userId: by?.userId ?? null, tenantId };
    const details = { name, ...slot, ...more };
    this.records.audit({ action: `schedule.${action}`, exportId: run?.exportId, ...who, details });
  }
}

/** `null` when the rule cannot be read. */
function timesOf({ rule, nextRunAt }: Schedule, now: Date): { readonly slot: Date; readonly next: Date } | null {
  if (!nextRunAt) return null;
  try {
    const recurrence = recurrenceOf(rule);
    const next = recurrence.nextAfter(now);
    return next && { slot: recurrence.latestDue(nextRunAt, now), next };
  } catch {
    return null;
  }
}
