import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DELIVERY_ATTEMPTED, readDeliveryStates } from '../../delivery';
import { EXPORT_ENDED, readExports } from '../../export';
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
import { type ManualRun, ScheduleRunRepository } from '../model/domain/interfaces/schedule-run.repository';
import { toFailurePause, toPauseMessages, UNREADABLE_RULE, WEBHOOK_GONE } from '../model/domain/pause';
import type { Pause, Schedule } from '../model/domain/schedule';
import { scheduleDeleted } from '../model/domain/schedule-changes';
import {
  resolveRunResult,
  type RunResult,
  type RunTrigger,
  type ScheduleRun,
  type StartedRun,
} from '../model/domain/schedule-run';
import { findDueSlot, skipTo } from '../model/domain/slots';
import { BOUND_LOCK, lockSchedule, nowIn, recordStep, toRun, toSchedule } from './schedule-row';

const BATCH = 100;
const DAY_SECONDS = 86_400;

/** An unsettled run is checked again after its age, within these bounds. */
const [MIN_CHECK_SECONDS, MAX_CHECK_SECONDS] = [5, 60];

@Injectable()
export class PrismaScheduleRunRepository extends ScheduleRunRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly config: Config,
    private readonly uses: RateLimitUses,
  ) {
    super();
    const settleEnded = async (transaction: Transaction, exportIds: readonly string[]) => {
      if (exportIds.length === 0) return;
      const runs = await transaction.scheduleRun.findMany({
        where: { exportId: { in: [...exportIds] } },
        // One order for all transactions: they lock schedules one after the other.
        orderBy: [{ scheduleId: 'asc' }, { id: 'asc' }],
      });
      for (const run of runs) await settle(transaction, toRun(run));
    };
    prisma.transactionEvents.on(EXPORT_ENDED, (transaction, ended) =>
      settleEnded(transaction, ofSchedules(ended.map(({ id, scheduleId }) => ({ exportId: id, scheduleId })))),
    );
    prisma.transactionEvents.on(DELIVERY_ATTEMPTED, (transaction, attempted) =>
      settleEnded(transaction, ofSchedules(attempted)),
    );
  }

  override async startDue(): Promise<StartedRun | null> {
    for (;;) {
      const started = await this.prisma.$transaction((transaction) => startNext(transaction, this.config, this.uses));
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
      const run = await insertRun(transaction, schedule, { id, slot: null, trigger: 'manual', now });
      if (!run) throw new Error('A manual run has no slot, and so no duplicate');
      await transaction.schedule.update({ where: { id: scheduleId }, data: { lastRunAt: now } });
      await recordStep(transaction, schedule, 'run-requested', { by, run });
      return { run, schedule, isNew: true, rateLimit };
    });
  }

  override async claimUnsettled(): Promise<StartedRun[]> {
    const claimed = await this.prisma.$queryRaw<{ id: string }[]>`
      UPDATE scheduled_export_runs SET look_after = now() + make_interval(secs =>
        least(${MAX_CHECK_SECONDS}, greatest(${MIN_CHECK_SECONDS}, extract(epoch FROM now() - created_at)))::float8)
      WHERE id IN (SELECT id FROM scheduled_export_runs WHERE outcome IS NULL AND look_after <= now()
                   ORDER BY look_after LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING id`;
    if (claimed.length === 0) return [];
    const rows = await this.prisma.scheduleRun.findMany({
      where: { id: { in: claimed.map(({ id }) => id) } },
      include: { schedule: true },
      orderBy: { id: 'asc' },
    });
    return rows.map((row) => ({ run: toRun(row), schedule: toSchedule(row.schedule) }));
  }

  override settle(run: ScheduleRun): Promise<void> {
    return this.prisma.$transaction((transaction) => settle(transaction, run));
  }

  override conclude(run: ScheduleRun, result: RunResult): Promise<void> {
    return this.prisma.$transaction(async (transaction) => {
      if (await lockSchedule(transaction, run.scheduleId)) await writeOutcome(transaction, run, result);
    });
  }

  override pauseAfter(run: ScheduleRun, why: Pause, administrators: readonly PlannedDelivery[] = []): Promise<void> {
    return this.prisma.$transaction((transaction) => pause(transaction, run, why, administrators));
  }

  override async findByExport(exportId: string): Promise<(StartedRun & { readonly now: Date }) | null> {
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

/** The exports that are runs of schedules. */
function ofSchedules(
  exports: readonly { readonly exportId: string | null; readonly scheduleId: string | null }[],
): string[] {
  return exports.flatMap(({ exportId, scheduleId }) => (exportId !== null && scheduleId !== null ? [exportId] : []));
}

/**
 * Writes the outcome of a run, if it is decided, and pauses its schedule if its webhook is gone. The lock of the schedule comes
 * first: of two deliveries that end at once, the second reads what the first has written.
 */
async function settle(transaction: Transaction, run: ScheduleRun): Promise<void> {
  const schedule = await lockSchedule(transaction, run.scheduleId);
  const [made] = await readExports(transaction, [run.exportId]);
  if (!schedule || !made) return;
  const states = (await readDeliveryStates(transaction, [run.exportId])).get(run.exportId) ?? [];
  // A schedule that changed after the run started may have another webhook.
  if (states.some(({ gone }) => gone) && schedule.updatedAt <= run.createdAt)
    await pause(transaction, run, WEBHOOK_GONE);
  const result = resolveRunResult(made, states);
  if (result) await writeOutcome(transaction, run, result);
}

/** Writes it once, and pauses the schedule after too many failures in a row. */
async function writeOutcome(
  transaction: Transaction,
  run: ScheduleRun,
  { outcome, error, errorCode, failureStreak }: RunResult,
): Promise<void> {
  const written = await transaction.$executeRaw`
    UPDATE scheduled_export_runs SET outcome = ${outcome}, error = ${error}, error_code = ${errorCode}, ended_at = now()
    WHERE id = ${run.id}::uuid AND outcome IS NULL`;
  if (written === 0 || failureStreak === 'keep') return;
  const { failures } = await transaction.schedule.update({
    where: { id: run.scheduleId },
    data: { failures: failureStreak === 'increment' ? { increment: 1 } : 0 },
  });
  const why = toFailurePause(failures, error);
  if (why) await pause(transaction, run, why);
}

/** @returns `passed` when a schedule was due and moved on without a run */
async function startNext(
  transaction: Transaction,
  config: Config,
  uses: RateLimitUses,
): Promise<StartedRun | 'passed' | null> {
  const [due] = await transaction.$queryRaw<{ id: string; now: Date }[]>`
    SELECT id, date_trunc('milliseconds', now()) AS now, ${BOUND_LOCK} AS bound
    FROM scheduled_exports WHERE is_active AND next_run_at <= now()
    ORDER BY next_run_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
  if (!due) return null;
  const { id, now } = due;
  const schedule = toSchedule(await transaction.schedule.findUniqueOrThrow({ where: { id } }));
  const times = findDueSlot(schedule, now, config.schedules.adminRightDays);
  if (!times) {
    await pause(transaction, { scheduleId: id }, UNREADABLE_RULE);
    return 'passed';
  }
  const { slot, next } = times;
  const wait = await takeFromDay(transaction, schedule, config, uses);
  if (wait !== null) {
    const nextRunAt = skipTo(schedule, next, new Date(now.getTime() + wait * 1000));
    await transaction.schedule.update({ where: { id }, data: { nextRunAt, skippedSlot: slot } });
    return 'passed';
  }
  await transaction.schedule.update({ where: { id }, data: { nextRunAt: next, lastRunAt: now, skippedSlot: null } });
  const run = await insertRun(transaction, schedule, { id: uuidv7(), slot, trigger: 'schedule', now });
  // The database's clock was set back: the slot has its run already.
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

/** The column's default lets the process that starts a run request its export before another one checks it. */
async function insertRun(
  transaction: Transaction,
  { id: scheduleId }: Schedule,
  { id, slot, trigger, now }: { id: string; slot: Date | null; trigger: RunTrigger; now: Date },
): Promise<ScheduleRun | null> {
  const [row] = await transaction.scheduleRun.createManyAndReturn({
    data: { id, scheduleId, slot, trigger, exportId: uuidv7(), createdAt: now },
    skipDuplicates: true,
  });
  return row ? toRun(row) : null;
}

async function findStarted(transaction: Transaction, id: string): Promise<StartedRun> {
  const row = await transaction.scheduleRun.findUnique({ where: { id }, include: { schedule: true } });
  if (!row) throw scheduleDeleted('The schedule that this request ran was deleted');
  return { run: toRun(row), schedule: toSchedule(row.schedule) };
}

/**
 * Manual runs have the limit of other exports. They are counted in the audit log: deleting a schedule deletes its runs, and
 * must not reset the count. @throws RateLimitExceededError
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

/** Pauses an active schedule and notifies its owner, and administrators at most once a day about one owner. */
async function pause(
  transaction: Transaction,
  run: Pick<ScheduleRun, 'scheduleId'> & Partial<ScheduleRun>,
  why: Pause,
  administrators: readonly PlannedDelivery[] = [],
): Promise<void> {
  const paused = await transaction.$executeRaw`
    UPDATE scheduled_exports SET is_active = false, next_run_at = NULL, skipped_slot = NULL, updated_at = now(),
      paused_reason = ${why.reason}, paused_code = ${why.code}
    WHERE id = ${run.scheduleId}::uuid AND is_active`;
  if (paused === 0) return;
  const schedule = toSchedule(await transaction.schedule.findUniqueOrThrow({ where: { id: run.scheduleId } }));
  const { slot = null, exportId } = run;
  const ofRun = exportId === undefined ? {} : { run: { slot, exportId } };
  await recordStep(transaction, schedule, 'paused', { by: null, ...ofRun, details: { reason: why.reason } });
  const isNew = administrators.length > 0 && (await isNewToAdministrators(transaction, schedule));
  const messages = toPauseMessages(schedule, why, exportId ?? null, isNew ? administrators : []);
  await postToOutbox(transaction, ...messages);
}

/** Whether administrators had no message about this owner within a day. Simultaneous pauses wait for each other. */
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
