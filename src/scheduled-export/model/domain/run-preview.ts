import { ReferenceTime, RelativeFilters, type RelativePeriod } from '../../../catalog';
import type { ClockChange } from './recurrence/recurrence';
import { type RecurrenceRule, toRecurrence } from './recurrence/recurrence-rule';

export const MAX_PREVIEWED_RUNS = 50;
/** Slots that are decades apart take long to find. */
export const MAX_PREVIEWED_YEARS = 50;

/** A run that a rule will have. */
export interface PreviewedRun {
  readonly slot: Date;
  /** What the clock of the schedule's zone shows, with its offset. */
  readonly localTime: string;
  readonly clockChange: ClockChange | null;
  /** What relative times in the filters of the schedule mean in this run. */
  readonly periods: readonly RelativePeriod[];
}

/** @returns the next runs of a rule, fewer than `count` if no more come within `MAX_PREVIEWED_YEARS` */
export function previewRuns(rule: RecurrenceRule, filters: unknown, count: number, now: Date): PreviewedRun[] {
  const recurrence = toRecurrence(rule);
  const relative = RelativeFilters.in(filters);
  const runs: PreviewedRun[] = [];
  const end = new Date(now);
  end.setUTCFullYear(end.getUTCFullYear() + MAX_PREVIEWED_YEARS);
  let slot = recurrence.nextAfter(now);
  while (slot && slot < end && runs.length < count) {
    const reference = new ReferenceTime(slot.toISOString(), rule.timeZone);
    runs.push({
      slot,
      localTime: reference.formatMoment(reference.now),
      clockChange: recurrence.clockChangeAt(slot),
      periods: relative.periodsAt(reference),
    });
    slot = recurrence.nextAfter(slot);
  }
  return runs;
}
