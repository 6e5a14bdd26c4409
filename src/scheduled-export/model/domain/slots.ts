import { isAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal } from '../../../platform/auth/principal';
import type { FieldError } from '../../../platform/errors/domain-error';
import type { ScheduleWarningCode } from './schedule-codes';
import {
  minIntervalOf,
  parseRecurrence,
  type RecurrenceInput,
  type RecurrenceRule,
  toRecurrence,
} from './recurrence/recurrence-rule';
import type { Schedule } from './schedule';
import { isAdminRightRecent } from './schedule-rights';

/** The least interval between two runs of a schedule, for owners who are not administrators. */
export const MIN_INTERVAL_MINUTES = 15;

const MINUTE_MS = 60_000;

export function isTooFrequent(rule: RecurrenceRule): boolean {
  return minIntervalOf(rule) < MIN_INTERVAL_MINUTES;
}

/** @returns the rule that an input describes, if the caller may have it, or every invalid field */
export function validateRecurrence(
  caller: Pick<UserPrincipal, 'roles'>,
  input: RecurrenceInput,
): { readonly rule: RecurrenceRule | null; readonly errors: readonly FieldError[] } {
  const parsed = parseRecurrence(input);
  if ('errors' in parsed) return { rule: null, errors: parsed.errors };
  const { rule } = parsed;
  return { rule, errors: !isAdmin(caller) && isTooFrequent(rule) ? [tooFrequent(input)] : [] };
}

function tooFrequent({ frequency }: RecurrenceInput): FieldError {
  const message = `must leave ${MIN_INTERVAL_MINUTES} minutes or more between any two runs, as */${MIN_INTERVAL_MINUTES} * * * * does: only administrators may have more frequent ones`;
  return { field: frequency.trim() === 'cron' ? 'cron' : 'frequency', message, code: 'too-frequent' };
}

/** Whether it runs less often than its rule says: it was saved before the limit existed, or as an administrator. */
export function isThrottled(schedule: Schedule, now: Date, rightDays: number): boolean {
  if (isAdminRightRecent(schedule, now, rightDays)) return false;
  try {
    return isTooFrequent(schedule.rule);
  } catch {
    // A rule that this version cannot read does not run at all.
    return false;
  }
}

/**
 * The slot for which a due schedule runs, the last one if several were missed, and its next slot.
 * @returns `null` when this version cannot read the rule, such as an unknown time zone
 */
export function findDueSlot(schedule: Schedule, now: Date, rightDays: number): { slot: Date; next: Date } | null {
  if (!schedule.nextRunAt) return null;
  try {
    const recurrence = toRecurrence(schedule.rule);
    const slot = recurrence.latestDue(schedule.nextRunAt, now);
    const interval = isThrottled(schedule, now, rightDays) ? MIN_INTERVAL_MINUTES * MINUTE_MS : 0;
    const next = recurrence.nextAfter(new Date(Math.max(now.getTime(), slot.getTime() + interval - 1)));
    return next && { slot, next };
  } catch {
    return null;
  }
}

/** Where a schedule goes on whose owner has used up the runs of the day: the first slot after both moments. */
export function skipTo({ rule }: Schedule, next: Date, quotaFreeAt: Date): Date {
  const earliest = Math.max(next.getTime(), quotaFreeAt.getTime());
  return toRecurrence(rule).nextAfter(new Date(earliest - 1)) ?? next;
}

/** Why a schedule runs less often than its rule says. */
export interface ScheduleWarning {
  readonly code: ScheduleWarningCode;
  readonly message: string;
}

export function toWarnings(
  schedule: Schedule,
  now: Date,
  { runsPerDay, adminRightDays }: { readonly runsPerDay: number; readonly adminRightDays: number },
): ScheduleWarning[] {
  const warnings: ScheduleWarning[] = [];
  if (isThrottled(schedule, now, adminRightDays)) {
    const message = `It runs at most every ${MIN_INTERVAL_MINUTES} minutes: only administrators may have more frequent runs.`;
    warnings.push({ code: 'interval-extended', message });
  }
  if (schedule.skippedSlot) {
    const slot = schedule.skippedSlot.toISOString();
    const message = `The run of ${slot} was skipped: all schedules of its owner together may run ${runsPerDay} times in 24 hours.`;
    warnings.push({ code: 'run-skipped', message });
  }
  return warnings;
}
