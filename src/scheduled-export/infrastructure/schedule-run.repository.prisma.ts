import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type UserPrincipal, type Person, principalKey } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import type { RateLimit } from '../../platform/rate-limit';
import { DomainError } from '../../platform/errors/domain-error';
import { type Page, toPage } from '../../platform/paging';
import type { IdempotentRequest } from '../../platform/idempotent-request';
import { claimIdempotencyKey } from '../../platform/database/idempotency-keys';
import { postToOutbox } from '../../platform/outbox/outbox';
import type { PlannedDelivery } from '../../platform/outbox/planned-delivery';
import { visibleTo } from '../../platform/database/visibility';
import { PrismaService, type Transaction } from '../../platform/database/prisma.service';
import { RateLimitExceededError, type RateLimitState, takeOneMore, type UsedWindow } from '../../platform/rate-limit';
import { RateLimitUses } from '../../platform/database/rate-limit-uses';
import {
  type StartedRun,
  type DatedRun,
  type ManualRun,
  ScheduleRunRepository,
} from '../model/domain/interfaces/schedule-run.repository';
import { findDueSlot, nextSlotFrom } from '../model/domain/run-interval';
import { ownerNotice, toPauseMessage, UNREADABLE_RULE } from '../model/domain/pause-message';
import { MAX_FAILURES, type Pause, type Schedule } from '../model/domain/schedule';
import type { RunTrigger, RunResult, ScheduleRun } from '../model/domain/schedule-run';
import { nowIn, recordStep, toRun, toSchedule } from './schedule-row';

const BATCH = 100;
const DAY_SECONDS = 86_400;

/** Whoever begins a run asks for its export at once; after so long, or a poll interval, somebody else does. */
const MIN_REQUEST_MS = 1_000;

/** An open run is looked at again after a tenth of the time that it has been open for, between half a poll interval and this. */
const LATEST_SECONDS = 60;

@Injectable()
export class PrismaScheduleRunRepository extends ScheduleRunRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly config: Config,
    private readonly uses: RateLimitUses,
  ) {
    super();
  }

  override async startDue(): Promise<StartedRun | null> {
    for (;;) {
      const started = await this.prisma.$transaction((transaction) => beginNext(transaction, this.config, this.uses));
      if (started !== 'passed') return started;
    }
  }

  override startManual(
    scheduleId: string,
    by: UserPrincipal,
    idempotency: IdempotentRequest | null,
    limit: RateLimit | null,
  ): Promise<ManualRun> {
    const id = uuidv7();
    return this.prisma.$transaction(async (transaction) => {
      const earlier = idempotency && (await claimIdempotencyKey(transaction, idempotency, id));
      if (earlier !== null) return { ...(await findStarted(transaction, earlier)), isNew: false, rateLimit: null };
      const row = await transaction.schedule.findFirst({ where: { id: scheduleId, ...visibleTo(by).where } });
      if (!row) throw DomainError.notFound('Schedule');
      const rateLimit = limit && (await takeFromLimit(transaction, by, limit));
      const now = await nowIn(transaction);
      const schedule = toSchedule(row);
      const run = await insertRun(transaction, schedule, { id, slot: null, trigger: 'manual', now }, this.config);
      if (!run) throw new Error('A run by hand stands for no slot');
      await transaction.schedule.update({ where: { id: scheduleId }, data: { lastRunAt: now } });
      await recordStep(transaction, schedule, 'run-requested', { by, run });
      return { run, schedule, isNew: true, rateLimit };
    });
  }

  override async claimUnsettled(): Promise<StartedRun[]> {
    const taken = await this.prisma.$queryRaw<{ id: string }[]>`
      UPDATE scheduled_export_runs SET look_after = now() + make_interval(secs =>
        least(${LATEST_SECONDS}, greatest(${this.config.pollIntervalMs / 2_000}, extract(epoch FROM now() - created_at) / 10))::float8)
      WHERE id IN (SELECT id FROM scheduled_export_runs WHERE outcome IS NULL AND look_after <= now()
                   ORDER BY look_after LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING id`;
    const rows = await this.prisma.scheduleRun.findMany({
      where: { id: { in: taken.map(({ id }) => id) } },
      include: { schedule: true },
      orderBy: { id: 'asc' },
    });
    return rows.map((row) => ({ run: toRun(row), schedule: toSchedule(row.schedule) }));
  }

  override settle(run: ScheduleRun, { outcome, error, errorCode, failureStreak }: RunResult): Promise<void> {
    return this.prisma.$transaction(async (transaction) => {
      // First the schedule, then its runs: as whoever deletes it does.
      await transaction.$executeRaw`SELECT 1 FROM scheduled_exports WHERE id = ${run.scheduleId}::uuid FOR UPDATE`;
      const settled = await transaction.$executeRaw`
        UPDATE scheduled_export_runs SET outcome = ${outcome}, error = ${error}, error_code = ${errorCode}, ended_at = now()
        WHERE id = ${run.id}::uuid AND outcome IS NULL`;
      if (settled === 0 || failureStreak === 'keep') return;
      const [schedule] = await transaction.schedule.updateManyAndReturn({
        where: { id: run.scheduleId },
        data: { failures: failureStreak === 'increment' ? { increment: 1 } : 0 },
      });
      if (!schedule || schedule.failures < MAX_FAILURES) return;
      const reason = `${schedule.failures} runs in a row failed, the last one with: ${error ?? 'no reason'}`;
      await pause(transaction, run, { code: 'runs-failed', reason });
    });
  }

  override pauseAfter(run: ScheduleRun, why: Pause, administrators: readonly PlannedDelivery[] = []): Promise<void> {
    return this.prisma.$transaction((transaction) => pause(transaction, run, why, administrators));
  }

  override async findByExport(exportId: string): Promise<DatedRun | null> {
    const [read] = await this.prisma.$queryRaw<{ id: string; now: Date }[]>`
      SELECT id, date_trunc('milliseconds', now()) AS now FROM scheduled_export_runs WHERE export_id = ${exportId}::uuid`;
    const row =
      read && (await this.prisma.scheduleRun.findUnique({ where: { id: read.id }, include: { schedule: true } }));
    return row ? { run: toRun(row), schedule: toSchedule(row.schedule), now: read.now } : null;
  }

  override async list(scheduleId: string, size: number, cursor?: string): Promise<Page<ScheduleRun>> {
    const all = { scheduleId };
    const [count, rows] = await Promise.all([
      this.prisma.scheduleRun.count({ where: all }),
      this.prisma.scheduleRun.findMany({
        where: { ...all, id: { lt: cursor } },
        orderBy: { id: 'desc' },
        take: size + 1,
      }),
    ]);
    return toPage(count, rows, size, toRun);
  }

  override async lastOf(scheduleIds: readonly string[]): Promise<Map<string, ScheduleRun>> {
    // Of each schedule the one row, by the index: there may be a run for each minute of years.
    const last = await this.prisma.$queryRaw<{ id: string }[]>`
      SELECT run.id FROM unnest(${[...scheduleIds]}::uuid[]) AS schedule (id),
        LATERAL (SELECT id FROM scheduled_export_runs WHERE schedule_id = schedule.id ORDER BY id DESC LIMIT 1) AS run`;
    const rows = await this.prisma.scheduleRun.findMany({ where: { id: { in: last.map(({ id }) => id) } } });
    return new Map(rows.map((row) => [row.scheduleId, toRun(row)]));
  }
}

/** @returns `passed` when a schedule was due and went on without a run */
async function beginNext(
  transaction: Transaction,
  config: Config,
  uses: RateLimitUses,
): Promise<StartedRun | 'passed' | null> {
  const [due] = await transaction.$queryRaw<{ id: string; now: Date }[]>`
    SELECT id, date_trunc('milliseconds', now()) AS now FROM scheduled_exports WHERE is_active AND next_run_at <= now()
    ORDER BY next_run_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
  if (!due) return null;
  const { id, now } = due;
  const schedule = toSchedule(await transaction.schedule.findUniqueOrThrow({ where: { id } }));
  const times = findDueSlot(schedule, now, config.schedules.adminRightDays);
  if (!times) {
    await pauseUnreadable(transaction, schedule);
    return 'passed';
  }
  const { slot, next } = times;
  const wait = await takeFromDay(transaction, schedule, config, uses);
  if (wait !== null) {
    const nextRunAt = nextSlotFrom(schedule, new Date(Math.max(next.getTime(), now.getTime() + wait * 1000))) ?? next;
    await transaction.schedule.update({ where: { id }, data: { nextRunAt, skippedSlot: slot } });
    return 'passed';
  }
  await transaction.schedule.update({ where: { id }, data: { nextRunAt: next, lastRunAt: now, skippedSlot: null } });
  const run = await insertRun(transaction, schedule, { id: uuidv7(), slot, trigger: 'schedule', now }, config);
  // The database's clock went back: this slot was run when it was due before.
  if (!run) return 'passed';
  await recordStep(transaction, schedule, 'fired', { by: null, run });
  return { run, schedule };
}

/** @returns in how many seconds the owner may have another scheduled run; `null` when this one was taken */
async function takeFromDay(
  transaction: Transaction,
  { userId, tenantId }: Schedule,
  { schedules: { runsPerDay: limit } }: Config,
  uses: RateLimitUses,
): Promise<number | null> {
  try {
    await uses.take('scheduled-runs', { userId, tenantId }, { limit, windowSeconds: DAY_SECONDS }, transaction);
    return null;
  } catch (error) {
    if (error instanceof RateLimitExceededError) return error.state.resetSeconds;
    throw error;
  }
}

async function insertRun(
  transaction: Transaction,
  { id: scheduleId }: Schedule,
  { id, slot, trigger, now }: { id: string; slot: Date | null; trigger: RunTrigger; now: Date },
  { pollIntervalMs }: Config,
): Promise<ScheduleRun | null> {
  const lookAfter = new Date(now.getTime() + Math.max(MIN_REQUEST_MS, pollIntervalMs));
  const [row] = await transaction.scheduleRun.createManyAndReturn({
    data: { id, scheduleId, slot, trigger, exportId: uuidv7(), lookAfter, createdAt: now },
    skipDuplicates: true,
  });
  return row ? toRun(row) : null;
}

async function findStarted(transaction: Transaction, id: string): Promise<StartedRun> {
  const row = await transaction.scheduleRun.findUnique({ where: { id }, include: { schedule: true } });
  if (!row) throw new DomainError('gone', 'schedule-deleted', 'The schedule that this request ran was deleted');
  return { run: toRun(row), schedule: toSchedule(row.schedule) };
}

/**
 * What a person runs by hand is limited as what they ask for directly. It is counted from the audit log: runs go with their
 * schedules, and whoever deletes these would begin to count anew. @throws RateLimitExceededError
 */
async function takeFromLimit(transaction: Transaction, owner: Person, limit: RateLimit): Promise<RateLimitState> {
  const { windowSeconds } = limit;
  await transaction.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended(${`runs of ${principalKey(owner)}`}, 0))`;
  const [window] = await transaction.$queryRaw<UsedWindow[]>`
    SELECT count(*)::int AS used,
           ceil(extract(epoch FROM min(at) + make_interval(secs => ${windowSeconds}) - now()))::int AS reset
    FROM export_audit_log
    WHERE user_id = ${owner.userId} AND tenant_id IS NOT DISTINCT FROM ${owner.tenantId}
      AND action = 'schedule.run-requested' AND at > now() - make_interval(secs => ${windowSeconds})`;
  return takeOneMore('runs', limit, window);
}

/**
 * Pauses a schedule because of one of its runs, and notifies its owner: once, as it is active once.
 * @param administrators how others are notified; once a day about one owner, who may have many schedules
 */
async function pause(
  transaction: Transaction,
  run: ScheduleRun,
  why: Pause,
  administrators: readonly PlannedDelivery[] = [],
): Promise<void> {
  const paused = await transaction.$executeRaw`
    UPDATE scheduled_exports SET is_active = false, next_run_at = NULL, skipped_slot = NULL, updated_at = now(),
      paused_reason = ${why.reason}, paused_code = ${why.code}
    WHERE id = ${run.scheduleId}::uuid AND is_active`;
  if (paused === 0) return;
  const schedule = toSchedule(await transaction.schedule.findUniqueOrThrow({ where: { id: run.scheduleId } }));
  await notifyOwner(transaction, schedule, why, run);
  if (administrators.length === 0 || !(await isNewToAdministrators(transaction, schedule))) return;
  await postToOutbox(
    transaction,
    ...administrators.map((notice) => toPauseMessage(schedule, notice, { ...why, owner: schedule.userId }, null)),
  );
}

async function pauseUnreadable(transaction: Transaction, schedule: Schedule): Promise<void> {
  const { code, reason } = UNREADABLE_RULE;
  await transaction.$executeRaw`
    UPDATE scheduled_exports SET is_active = false, next_run_at = NULL, skipped_slot = NULL, updated_at = now(),
      paused_reason = ${reason}, paused_code = ${code}
    WHERE id = ${schedule.id}::uuid`;
  await notifyOwner(transaction, schedule, UNREADABLE_RULE);
}

async function notifyOwner(transaction: Transaction, schedule: Schedule, why: Pause, run?: ScheduleRun): Promise<void> {
  await recordStep(transaction, schedule, 'paused', { by: null, run, details: { reason: why.reason } });
  const notice = ownerNotice(schedule, why);
  if (notice) await postToOutbox(transaction, toPauseMessage(schedule, notice, why, run?.exportId ?? null));
}

/** Whether nothing was written to administrators about this owner for a day. Two pauses at once do not pass by each other. */
async function isNewToAdministrators(transaction: Transaction, { userId, tenantId }: Schedule): Promise<boolean> {
  await transaction.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended(${`administrators about ${principalKey({ userId, tenantId })}`}, 0))`;
  const earlier = await transaction.$queryRaw<unknown[]>`
    SELECT 1 FROM scheduled_exports AS schedule JOIN export_deliveries AS message ON message.schedule_id = schedule.id
    WHERE schedule.user_id = ${userId} AND schedule.tenant_id IS NOT DISTINCT FROM ${tenantId}
      AND message.event = 'schedule.paused' AND message.facts ? 'owner'
      AND message.created_at > now() - make_interval(secs => ${DAY_SECONDS}) LIMIT 1`;
  return earlier.length === 0;
}
