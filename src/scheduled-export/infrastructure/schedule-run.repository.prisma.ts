import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type Caller, type Person, partyKey } from '../../platform/auth/caller';
import { Config } from '../../platform/config/config';
import type { RateLimit } from '../../platform/config/rate-limit';
import { DomainError } from '../../platform/errors/domain-error';
import { type Page, pageOf } from '../../platform/http/page';
import { claimIdempotencyKey, type IdempotentRequest } from '../../platform/idempotency/idempotency-keys';
import { postToOutbox } from '../../platform/outbox/outbox';
import { type ChannelName, CHANNELS } from '../../platform/outbox/planned-delivery';
import { ownedBy } from '../../platform/prisma/owned-by';
import { PrismaService, type Transaction } from '../../platform/prisma/prisma.service';
import { type RateLimitState, takeOneMore, type UsedWindow } from '../../platform/rate-limit/rate-limit';
import {
  type BegunRun,
  type ManualRun,
  ScheduleRunRepository,
} from '../model/domain/interfaces/schedule-run.repository';
import { recurrenceOf } from '../model/domain/recurrence/recurrence-rule';
import { MOST_FAILURES, type Schedule } from '../model/domain/schedule';
import type { RunTrigger, RunVerdict, ScheduleRun } from '../model/domain/schedule-run';
import { nowIn, recordStep, toRun, toSchedule } from './schedule-row';

const BATCH = 100;

/** Whoever begins a run asks for its export at once; after so long, or a poll interval, somebody else does. */
const MIN_REQUEST_MS = 1_000;

/** An open run is looked at again after a tenth of the time that it has been open for, between half a poll interval and this. */
const LATEST_SECONDS = 60;

@Injectable()
export class PrismaScheduleRunRepository extends ScheduleRunRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly config: Config,
  ) {
    super();
  }

  override async beginDue(): Promise<BegunRun | null> {
    for (;;) {
      const begun = await this.prisma.$transaction((transaction) => beginNext(transaction, this.config));
      if (begun !== 'passed') return begun;
    }
  }

  override beginManual(
    scheduleId: string,
    by: Caller,
    idempotency: IdempotentRequest | null,
    limit: RateLimit | null,
  ): Promise<ManualRun> {
    const id = uuidv7();
    return this.prisma.$transaction(async (transaction) => {
      const earlier = idempotency && (await claimIdempotencyKey(transaction, idempotency, id));
      if (earlier !== null) return { ...(await begunBefore(transaction, earlier)), isNew: false, rateLimit: null };
      const row = await transaction.schedule.findFirst({ where: { id: scheduleId, ...ownedBy(by) } });
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

  override async takeOpen(): Promise<BegunRun[]> {
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

  override settle(run: ScheduleRun, { outcome, error, errorCode, counts }: RunVerdict): Promise<void> {
    return this.prisma.$transaction(async (transaction) => {
      // First the schedule, then its runs: as whoever deletes it does.
      await transaction.$executeRaw`SELECT 1 FROM scheduled_exports WHERE id = ${run.scheduleId}::uuid FOR UPDATE`;
      const settled = await transaction.$executeRaw`
        UPDATE scheduled_export_runs SET outcome = ${outcome}, error = ${error}, error_code = ${errorCode}, ended_at = now()
        WHERE id = ${run.id}::uuid AND outcome IS NULL`;
      if (settled === 0 || counts === 'not') return;
      const [schedule] = await transaction.schedule.updateManyAndReturn({
        where: { id: run.scheduleId },
        data: { failures: counts === 'up' ? { increment: 1 } : 0 },
      });
      if (!schedule || schedule.failures < MOST_FAILURES) return;
      const reason = `${schedule.failures} runs in a row failed, the last one with: ${error ?? 'no reason'}`;
      await pause(transaction, run, reason);
    });
  }

  override pauseAfter(run: ScheduleRun, reason: string): Promise<void> {
    return this.prisma.$transaction((transaction) => pause(transaction, run, reason, ['email']));
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
    return pageOf(count, rows, size, toRun);
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
async function beginNext(transaction: Transaction, config: Config): Promise<BegunRun | 'passed' | null> {
  const [due] = await transaction.$queryRaw<{ id: string; now: Date }[]>`
    SELECT id, date_trunc('milliseconds', now()) AS now FROM scheduled_exports WHERE is_active AND next_run_at <= now()
    ORDER BY next_run_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
  if (!due) return null;
  const { id, now } = due;
  const schedule = toSchedule(await transaction.schedule.findUniqueOrThrow({ where: { id } }));
  const times = schedule.nextRunAt && timesOf(schedule, schedule.nextRunAt, now);
  if (!times) {
    await pauseUnreadable(transaction, schedule);
    return 'passed';
  }
  const { slot, next } = times;
  await transaction.schedule.update({ where: { id }, data: { nextRunAt: next, lastRunAt: now } });
  const run = await insertRun(transaction, schedule, { id: uuidv7(), slot, trigger: 'schedule', now }, config);
  // The database's clock went back: this slot was run when it was due before.
  if (!run) return 'passed';
  await recordStep(transaction, schedule, 'fired', { by: null, run });
  return { run, schedule };
}

/** `null` when its rule cannot be read here, as of a time zone that this version of the runtime does not know. */
function timesOf({ rule }: Schedule, due: Date, now: Date): { slot: Date; next: Date } | null {
  try {
    const recurrence = recurrenceOf(rule);
    const next = recurrence.nextAfter(now);
    return next && { slot: recurrence.latestDue(due, now), next };
  } catch {
    return null;
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

async function begunBefore(transaction: Transaction, id: string): Promise<BegunRun> {
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
    SELECT pg_advisory_xact_lock(hashtextextended(${`runs of ${partyKey(owner)}`}, 0))`;
  const [window] = await transaction.$queryRaw<UsedWindow[]>`
    SELECT count(*)::int AS used,
           ceil(extract(epoch FROM min(at) + make_interval(secs => ${windowSeconds}) - now()))::int AS reset
    FROM export_audit_log
    WHERE user_id = ${owner.userId} AND tenant_id IS NOT DISTINCT FROM ${owner.tenantId}
      AND action = 'schedule.run-requested' AND at > now() - make_interval(secs => ${windowSeconds})`;
  return takeOneMore('runs', limit, window);
}

/**
 * Pauses a schedule because of one of its runs, and has its owner told: once, as it is active once.
 * @param ways by which the owner may be told
 */
async function pause(
  transaction: Transaction,
  run: ScheduleRun,
  reason: string,
  ways: readonly ChannelName[] = CHANNELS,
): Promise<void> {
  const paused = await transaction.$executeRaw`
    UPDATE scheduled_exports SET is_active = false, next_run_at = NULL, paused_reason = ${reason}, updated_at = now()
    WHERE id = ${run.scheduleId}::uuid AND is_active`;
  if (paused === 0) return;
  const schedule = toSchedule(await transaction.schedule.findUniqueOrThrow({ where: { id: run.scheduleId } }));
  const { notice } = schedule;
  const heeded = notice && ways.includes(notice.channel) ? notice : null;
  await tellPaused(transaction, { ...schedule, notice: heeded }, reason, run);
}

async function pauseUnreadable(transaction: Transaction, schedule: Schedule): Promise<void> {
  const reason = 'When it is to run cannot be read any more. Say it anew.';
  await transaction.$executeRaw`
    UPDATE scheduled_exports SET is_active = false, next_run_at = NULL, paused_reason = ${reason}, updated_at = now()
    WHERE id = ${schedule.id}::uuid`;
  await tellPaused(transaction, schedule, reason);
}

async function tellPaused(
  transaction: Transaction,
  schedule: Schedule,
  reason: string,
  run?: ScheduleRun,
): Promise<void> {
  const { id, userId, tenantId, name, notice, failures } = schedule;
  await recordStep(transaction, schedule, 'paused', { by: null, run, details: { reason } });
  if (!notice) return;
  await postToOutbox(transaction, {
    event: 'schedule.paused',
    exportId: run?.exportId ?? null,
    scheduleId: id,
    userId,
    tenantId,
    customerId: null,
    channel: notice.channel,
    target: notice.target,
    facts: { schedule_id: id, name, reason, failures },
  });
}
