import { hasRecentRight } from './administrator-right';
import { leastIntervalOf, recurrenceOf, type RecurrenceRule } from './recurrence/recurrence-rule';
import type { Schedule } from './schedule';

/** The least interval between two runs of a schedule, for owners who are not administrators. */
export const MIN_INTERVAL_MINUTES = 15;

const MINUTE_MS = 60_000;

export function isTooFrequent(rule: RecurrenceRule): boolean {
  return leastIntervalOf(rule) < MIN_INTERVAL_MINUTES;
}

/** Whether a schedule runs less often than its rule says: it was saved before the limit, or as an administrator. */
export function isSlowedDown(schedule: Schedule, now: Date, rightDays: number): boolean {
  if (hasRecentRight(schedule, now, rightDays)) return false;
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
export function dueSlotOf(schedule: Schedule, now: Date, rightDays: number): { slot: Date; next: Date } | null {
  if (!schedule.nextRunAt) return null;
  try {
    const recurrence = recurrenceOf(schedule.rule);
    const slot = recurrence.latestDue(schedule.nextRunAt, now);
    const interval = isSlowedDown(schedule, now, rightDays) ? MIN_INTERVAL_MINUTES * MINUTE_MS : 0;
    const next = recurrence.nextAfter(new Date(Math.max(now.getTime(), slot.getTime() + interval - 1)));
    return next && { slot, next };
  } catch {
    return null;
  }
}

/** The first slot that is not before the moment; `null` when there is none. */
export function slotFrom({ rule }: Schedule, moment: Date): Date | null {
  return recurrenceOf(rule).nextAfter(new Date(moment.getTime() - 1));
}
