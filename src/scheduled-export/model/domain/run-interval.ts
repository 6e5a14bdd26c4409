import { isAdminRightRecent } from './administrator-right';
import { minIntervalOf, toRecurrence, type RecurrenceRule } from './recurrence/recurrence-rule';
import type { Schedule } from './schedule';

/** The least interval between two runs of a schedule, for owners who are not administrators. */
export const MIN_INTERVAL_MINUTES = 15;

const MINUTE_MS = 60_000;

export function isTooFrequent(rule: RecurrenceRule): boolean {
  return minIntervalOf(rule) < MIN_INTERVAL_MINUTES;
}

/** Whether a schedule runs less often than its rule says: it was saved before the limit, or as an administrator. */
export function isThrottled(schedule: Schedule, now: Date, rightDays: number): boolean {
  if (isAdminRightRecent(schedule, now, rightDays)) return false;
  try {
    return isTooFrequent(schedule.rule);
  } catch {
    // A rule that cannot be read here does not run at all.
    return false;
  }
}

/**
 * The slot that a schedule which is due runs for, and its next one.
 * @returns `null` when the rule cannot be read here, such as one in a time zone that this version of the runtime does not know
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

/** The first slot that is not before the moment; `null` when there is none. */
export function nextSlotFrom({ rule }: Schedule, moment: Date): Date | null {
  return toRecurrence(rule).nextAfter(new Date(moment.getTime() - 1));
}
