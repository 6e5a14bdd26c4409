import { v7 as uuidv7 } from 'uuid';
import { type UserPrincipal, principalKey, type Person } from '../../src/platform/auth/principal';
import type { Config } from '../../src/platform/config/config';
import type { RateLimit } from '../../src/platform/rate-limit';
import { DomainError } from '../../src/platform/errors/domain-error';
import type { Page } from '../../src/platform/paging';
import type { IdempotentRequest } from '../../src/platform/idempotent-request';
import type { PlannedDelivery } from '../../src/platform/outbox/planned-delivery';
import { type RateLimitState, takeOneMore } from '../../src/platform/rate-limit';
import {
  type StartedRun,
  type DatedRun,
  type ManualRun,
  ScheduleRunRepository,
} from '../../src/scheduled-export/model/domain/interfaces/schedule-run.repository';
import { ownerNotice, toPauseMessage, UNREADABLE_RULE } from '../../src/scheduled-export/model/domain/pause-message';
import { findDueSlot, nextSlotFrom } from '../../src/scheduled-export/model/domain/run-interval';
import { MAX_FAILURES, type Pause, type Schedule } from '../../src/scheduled-export/model/domain/schedule';
import { isOwner } from '../../src/scheduled-export/model/domain/schedule-access';
import type { RunTrigger, RunResult, ScheduleRun } from '../../src/scheduled-export/model/domain/schedule-run';
import { pageOf } from './fake-page';
import type { FakeRecords, RunRecord } from './fake-records';

const BATCH = 100;
const MAX_CHECK_SECONDS = 60;
const DAY_SECONDS = 86_400;

/** The runs of a `FakeRecords`: one for each slot of a schedule. */
export class FakeScheduleRunRepository extends ScheduleRunRepository {
  constructor(
    private readonly records: FakeRecords,
    private readonly config: Pick<Config, 'pollIntervalMs' | 'schedules'>,
  ) {
    super();
  }

  override startDue(): Promise<StartedRun | null> {
    for (let schedule = this.nextDue(); schedule; schedule = this.nextDue()) {
      const started = this.beginNext(schedule);
      if (started) return Promise.resolve(started);
    }
    return Promise.resolve(null);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a refusal rejects, as everywhere
  override async startManual(
    scheduleId: string,
    by: UserPrincipal,
    idempotency: IdempotentRequest | null,
    limit: RateLimit | null,
  ): Promise<ManualRun> {
    const earlier = idempotency && this.records.resourceOf(idempotency);
    if (earlier !== null) return { ...this.findStarted(earlier), isNew: false, rateLimit: null };
    const schedule = this.records.schedules.get(scheduleId);
    if (schedule?.userId !== by.userId || schedule.tenantId !== by.tenantId) throw DomainError.notFound('Schedule');
    const rateLimit = limit && this.takeFromLimit(by, limit);
    const run = this.insert(scheduleId, null, 'manual');
    if (idempotency) this.records.keepIdempotencyKey(idempotency, run.id);
    this.records.schedules.set(scheduleId, { ...schedule, lastRunAt: this.records.clock.now() });
    this.audit(schedule, 'run-requested', by, run);
    return { run, schedule, isNew: true, rateLimit };
  }

  override claimUnsettled(): Promise<StartedRun[]> {
    const now = this.records.clock.now();
    const open = [...this.records.runs.values()]
      .filter(({ run, nextCheckAt }) => run.outcome === null && nextCheckAt <= now)
      .sort((one, other) => one.nextCheckAt.getTime() - other.nextCheckAt.getTime())
      .slice(0, BATCH);
    for (const record of open) {
      const tenth = (now.getTime() - record.run.createdAt.getTime()) / 10_000;
      record.nextCheckAt = this.records.clock.in(
        Math.min(MAX_CHECK_SECONDS, Math.max(this.config.pollIntervalMs / 2_000, tenth)),
      );
    }
    const started = open.map(({ run }) => ({ run, schedule: this.scheduleOf(run) }));
    return Promise.resolve(started.sort((one, other) => (one.run.id < other.run.id ? -1 : 1)));
  }

  override settle(
    { id, scheduleId }: ScheduleRun,
    { outcome, error, errorCode, failureStreak }: RunResult,
  ): Promise<void> {
    const record = this.records.runs.get(id);
    if (record?.run.outcome !== null) return Promise.resolve();
    record.run = { ...record.run, outcome, error, errorCode, endedAt: this.records.clock.now() };
    const schedule = this.records.schedules.get(scheduleId);
    if (failureStreak === 'keep' || !schedule) return Promise.resolve();
    const failures = failureStreak === 'increment' ? schedule.failures + 1 : 0;
    this.records.schedules.set(scheduleId, { ...schedule, failures });
    const reason = `${failures} runs in a row failed, the last one with: ${error ?? 'no reason'}`;
    if (failures >= MAX_FAILURES) this.pause(scheduleId, { code: 'runs-failed', reason }, record.run);
    return Promise.resolve();
  }

  override pauseAfter(run: ScheduleRun, why: Pause, administrators: readonly PlannedDelivery[] = []): Promise<void> {
    this.pause(run.scheduleId, why, run, administrators);
    return Promise.resolve();
  }

  override findByExport(exportId: string): Promise<DatedRun | null> {
    const found = [...this.records.runs.values()].find(({ run }) => run.exportId === exportId);
    if (!found) return Promise.resolve(null);
    const { run } = found;
    return Promise.resolve({ run, schedule: this.scheduleOf(run), now: this.records.clock.now() });
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
  private beginNext(schedule: Schedule): StartedRun | null {
    const now = this.records.clock.now();
    const times = findDueSlot(schedule, now, this.config.schedules.adminRightDays);
    if (!times) {
      this.pause(schedule.id, UNREADABLE_RULE);
      return null;
    }
    const isRun = this.runsOf(schedule.id).some(({ slot }) => slot?.getTime() === times.slot.getTime());
    const free = this.takeFromDay(schedule, now);
    if (free) {
      const nextRunAt = nextSlotFrom(schedule, free > times.next ? free : times.next) ?? times.next;
      this.records.schedules.set(schedule.id, { ...schedule, nextRunAt, skippedSlot: times.slot });
      return null;
    }
    this.records.schedules.set(schedule.id, { ...schedule, nextRunAt: times.next, lastRunAt: now, skippedSlot: null });
    if (isRun) return null;
    const run = this.insert(schedule.id, times.slot, 'schedule');
    this.audit(schedule, 'fired', null, run);
    return { run, schedule };
  }

  /** @returns when the owner may have another scheduled run; `null` when this one was taken */
  private takeFromDay({ userId, tenantId }: Schedule, now: Date): Date | null {
    const owner = principalKey({ userId, tenantId });
    const since = this.records.clock.in(-DAY_SECONDS);
    const used = (this.records.scheduledRuns.get(owner) ?? []).filter((at) => at > since);
    const [oldest] = used;
    if (oldest && used.length >= this.config.schedules.runsPerDay) {
      return new Date(oldest.getTime() + DAY_SECONDS * 1000);
    }
    this.records.scheduledRuns.set(owner, [...used, now]);
    return null;
  }

  private insert(scheduleId: string, slot: Date | null, trigger: RunTrigger): ScheduleRun {
    const createdAt = this.records.clock.now();
    const open = { outcome: null, error: null, errorCode: null, endedAt: null };
    const run = { id: uuidv7(), scheduleId, slot, trigger, exportId: uuidv7(), createdAt, ...open };
    const record: RunRecord = { run, nextCheckAt: this.records.clock.in(this.config.pollIntervalMs / 1000) };
    this.records.runs.set(run.id, record);
    return run;
  }

  private findStarted(id: string): StartedRun {
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
    why: Pause,
    run: ScheduleRun | null = null,
    administrators: readonly PlannedDelivery[] = [],
  ): void {
    const schedule = this.records.schedules.get(scheduleId);
    if (!schedule?.isActive) return;
    const { code: pausedCode, reason: pausedReason } = why;
    const paused = { isActive: false, nextRunAt: null, skippedSlot: null, pausedCode, pausedReason };
    this.records.schedules.set(scheduleId, { ...schedule, ...paused, updatedAt: this.records.clock.now() });
    this.audit(schedule, 'paused', null, run, { reason: why.reason });
    const notice = ownerNotice(schedule, why);
    if (notice) this.records.post(toPauseMessage(schedule, notice, why, run?.exportId ?? null));
    if (!this.isNewToAdministrators(schedule)) return;
    const about = { ...why, owner: schedule.userId };
    this.records.post(...administrators.map((target) => toPauseMessage(schedule, target, about, null)));
  }

  private isNewToAdministrators({ userId, tenantId }: Schedule): boolean {
    const since = this.records.clock.in(-DAY_SECONDS);
    return ![...this.records.outbox.values()].some(
      ({ message, createdAt }) =>
        message.event === 'schedule.paused' &&
        message.userId === userId &&
        message.tenantId === tenantId &&
        createdAt > since &&
        'owner' in (message.facts ?? {}),
    );
  }

  private audit(
    schedule: Schedule,
    action: string,
    by: Person | null,
    run: ScheduleRun | null,
    more: { readonly reason?: string } = {},
  ): void {
    const { id, name, tenantId } = schedule;
    const slot = run?.slot && { slot: run.slot.toISOString() };
    const owner = !isOwner(schedule, by) && { owner: schedule.userId };
    const who = { scheduleId: id, userId: by?.userId ?? null, tenantId };
    const details = { name, ...owner, ...slot, ...more };
    this.records.audit({ action: `schedule.${action}`, exportId: run?.exportId, ...who, details });
  }
}
