import { type DeliveryState, findChannel } from '../../../delivery';
import type { Export, ScheduledRunRequest } from '../../../export';
import type { RunFailureCode } from './schedule-codes';
import type { PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import { TimeZone } from '../../../platform/time/time-zone';
import { MAX_NAME_LENGTH, type Schedule } from './schedule';

export type RunTrigger = 'schedule' | 'manual';
export type RunOutcome = 'succeeded' | 'failed';

/** One run of a schedule. The state of its export is in the export's own record. */
export interface ScheduleRun {
  readonly id: string;
  readonly scheduleId: string;
  /** The time for which it was planned; `null` for a manual run. */
  readonly slot: Date | null;
  readonly trigger: RunTrigger;
  readonly exportId: string;
  /** `null` until the export and its deliveries have ended. */
  readonly outcome: RunOutcome | null;
  readonly error: string | null;
  /** Null exactly where `error` is. */
  readonly errorCode: RunFailureCode | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** A run with its schedule. */
export interface StartedRun {
  readonly run: ScheduleRun;
  readonly schedule: Schedule;
}

/** How a run ended. */
export interface RunResult {
  readonly outcome: RunOutcome;
  readonly error: string | null;
  readonly errorCode: RunFailureCode | null;
  /** What it does to the number of failures in a row; a cancelled run keeps it. */
  readonly failureStreak: 'increment' | 'reset' | 'keep';
}

/** The export of a run. Every call returns the same request, so that a repeat creates no second export. */
export function toRunRequest({ run, schedule }: StartedRun): ScheduledRunRequest {
  const { name, granted, rule, userId, tenantId, retentionSeconds } = schedule;
  const moment = run.slot ?? run.createdAt;
  const date = formatDay(rule.timeZone, moment);
  return {
    id: run.exportId,
    scheduleId: schedule.id,
    owner: { userId, tenantId },
    format: granted.format,
    dataTypes: granted.dataTypes,
    filters: granted.filters,
    options: { ...granted.options, as_of: moment.toISOString(), title: toTitle(name, date) },
    audited: granted.audited,
    delivery: { deliveries: schedule.deliveries.map((delivery) => withDate(delivery, name, date)), asked: null },
    retentionSeconds,
  };
}

/**
 * The result of a run: it succeeded if its file was created and delivered.
 * @returns `null` while that is undecided
 */
export function resolveRunResult(
  made: Pick<Export, 'status' | 'error' | 'errorCode' | 'deliveries'>,
  deliveries: readonly DeliveryState[],
): RunResult | null {
  const { status, error, errorCode } = made;
  if (status === 'pending' || status === 'processing' || isNotificationMissing(made, deliveries)) return null;
  if (status === 'cancelled') {
    const reason = 'The export was cancelled';
    return { outcome: 'failed', error: reason, errorCode: 'export-cancelled', failureStreak: 'keep' };
  }
  if (status === 'failed') {
    // The first attempt to notify of it is awaited: the webhook may answer 410, which pauses the schedule.
    const notices = deliveries.filter(({ event }) => event === 'export.failed');
    if (notices.some(({ status: state, attempts }) => state === 'pending' && attempts === 0)) return null;
    return { outcome: 'failed', error, errorCode, failureStreak: 'increment' };
  }
  const copies = deliveries.filter(({ event }) => event === 'export.completed');
  if (copies.some((delivery) => delivery.status === 'pending')) return null;
  const failed = copies.find((delivery) => delivery.status === 'failed');
  if (!failed) return { outcome: 'succeeded', error: null, errorCode: null, failureStreak: 'reset' };
  const reason = `The file was created but could not be delivered by ${failed.channel}: ${failed.lastError ?? 'unknown reason'}`;
  return { outcome: 'failed', error: reason, errorCode: 'file-not-delivered', failureStreak: 'increment' };
}

/** Whether a planned notification of the end is not in the outbox yet: a process of an earlier version writes it later. */
function isNotificationMissing(
  { status, deliveries: planned }: Pick<Export, 'status' | 'deliveries'>,
  deliveries: readonly DeliveryState[],
): boolean {
  if (status !== 'completed' && status !== 'failed') return false;
  return planned.some(({ on }) => on.includes(status)) && !deliveries.some(({ event }) => event === `export.${status}`);
}

/** At most 100 characters: a longer title would lose its date where it names a file. */
function toTitle(name: string, date: string): string {
  const characters = Array.from(name).slice(0, MAX_NAME_LENGTH - date.length - 1);
  return `${characters.join('')}_${date}`;
}

/** A file in a bucket is named after its schedule and its day. */
function withDate(delivery: PlannedDelivery, name: string, date: string): PlannedDelivery {
  if (findChannel(delivery.channel)?.copiesFile !== true) return delivery;
  return { ...delivery, target: { ...delivery.target, name, date } };
}

/** `YYYY-MM-DD` */
function formatDay(timeZone: string, moment: Date): string {
  const civil = TimeZone.find(timeZone)?.civilAt(moment.getTime()) ?? moment.getTime();
  return new Date(civil).toISOString().slice(0, 10);
}
