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
  type ManualRun,
  ScheduleRunRepository,
} from '../../src/scheduled-export/model/domain/interfaces/schedule-run.repository';
import {
  toFailurePause,
  toPauseMessages,
  UNREADABLE_RULE,
  WEBHOOK_GONE,
} from '../../src/scheduled-export/model/domain/pause';
import type { Pause, Schedule } from '../../src/scheduled-export/model/domain/schedule';
import { scheduleDeleted } from '../../src/scheduled-export/model/domain/schedule-changes';
import { isOwner } from '../../src/scheduled-export/model/domain/schedule-rights';
import {
  resolveRunResult,
  type RunResult,
  type RunTrigger,
  type ScheduleRun,
  type StartedRun,
} from '../../src/scheduled-export/model/domain/schedule-run';
import { findDueSlot, skipTo } from '../../src/scheduled-export/model/domain/slots';
import { pageOf } from './fake-page';
import { byId, type FakeRecords, type RunRecord } from './fake-records';

const BATCH = 100;
const [MIN_CHECK_SECONDS, MAX_CHECK_SECONDS] = [5, 60];
const DAY_SECONDS = 86_400;

/** The runs of a `FakeRecords`: one for each slot of a schedule. */
export class FakeScheduleRunRepository extends ScheduleRunRepository {
  constructor(
    private readonly records: FakeRecords,
    private readonly config: Pick<Config, 'schedules'>,
  ) {
    super();
    records.exportListeners.push((exportId) => {
      for (const { run } of [...records.runs.values()]) if (run.exportId === exportId) this.settleNow(run);
    });
  }

  override startDue(): Promise<StartedRun | null> {
    for (let schedule = this.nextDue(); schedule; schedule = this.nextDue()) {
      const started = this.startNext(schedule);
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
    if (idempotency) this.records.storeIdempotencyKey(idempotency, run.id);
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
      const age = (now.getTime() - record.run.createdAt.getTime()) / 1000;
      record.nextCheckAt = this.records.clock.in(Math.min(MAX_CHECK_SECONDS, Math.max(MIN_CHECK_SECONDS, age)));
    }
    const started = open.map(({ run }) => ({ run, schedule: this.scheduleOf(run) }));
    return Promise.resolve(started.sort((one, other) => (one.run.id < other.run.id ? -1 : 1)));
  }

  override settle(run: ScheduleRun): Promise<void> {
    this.settleNow(run);
    return Promise.resolve();
  }

  override conclude(run: ScheduleRun, result: RunResult): Promise<void> {
    this.writeOutcome(run, result);
    return Promise.resolve();
  }

  private settleNow(run: ScheduleRun): void {
    const schedule = this.records.schedules.get(run.scheduleId);
    const made = this.records.exports.get(run.exportId);
    if (!schedule || !made) return;
    const states = [...this.records.outbox.values()]
      .filter(({ exportId }) => exportId === run.exportId)
      .sort(byId)
      .map((record) => record.toState());
    const isGone = states.some(({ gone }) => gone) && schedule.updatedAt <= run.createdAt;
    if (isGone) this.pause(run.scheduleId, WEBHOOK_GONE, run);
    const result = resolveRunResult(this.records.toExport(made), states);
    if (result) this.writeOutcome(run, result);
  }

  private writeOutcome({ id, scheduleId }: ScheduleRun, { failureStreak, ...outcome }: RunResult): void {
    const record = this.records.runs.get(id);
    if (record?.run.outcome !== null) return;
    record.run = { ...record.run, ...outcome, endedAt: this.records.clock.now() };
    const schedule = this.records.schedules.get(scheduleId);
    if (failureStreak === 'keep' || !schedule) return;
    const failures = failureStreak === 'increment' ? schedule.failures + 1 : 0;
    this.records.schedules.set(scheduleId, { ...schedule, failures });
    const why = toFailurePause(failures, outcome.error);
    if (why) this.pause(scheduleId, why, record.run);
  }

  override pauseAfter(run: ScheduleRun, why: Pause, administrators: readonly PlannedDelivery[] = []): Promise<void> {
    this.pause(run.scheduleId, why, run, administrators);
    return Promise.resolve();
  }

  override findByExport(exportId: string): Promise<(StartedRun & { readonly now: Date }) | null> {
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
  private startNext(schedule: Schedule): StartedRun | null {
    const now = this.records.clock.now();
    const times = findDueSlot(schedule, now, this.config.schedules.adminRightDays);
    if (!times) {
      this.pause(schedule.id, UNREADABLE_RULE);
      return null;
    }
    const isRun = this.runsOf(schedule.id).some(({ slot }) => slot?.getTime() === times.slot.getTime());
    const free = this.takeFromDay(schedule, now);
    if (free) {
      const nextRunAt = skipTo(schedule, times.next, free);
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
    const record: RunRecord = { run, nextCheckAt: this.records.clock.in(MIN_CHECK_SECONDS) };
    this.records.runs.set(run.id, record);
    return run;
  }

  private findStarted(id: string): StartedRun {
    const record = this.records.runs.get(id);
    if (record) return { run: record.run, schedule: this.scheduleOf(record.run) };
    throw scheduleDeleted('The schedule that this request ran was deleted');
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
    const notified = this.isNewToAdministrators(schedule) ? administrators : [];
    this.records.post(...toPauseMessages(schedule, why, run?.exportId ?? null, notified));
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
