import { isSlowedDown, MIN_INTERVAL_MINUTES } from './run-interval';
import type { Schedule } from './schedule';

/** Why a schedule runs less often than its rule says, for its owner. */
export function warningsOf(
  schedule: Schedule,
  now: Date,
  { runsPerDay, adminRightDays }: { readonly runsPerDay: number; readonly adminRightDays: number },
): string[] {
  const { skippedSlot } = schedule;
  return [
    ...(isSlowedDown(schedule, now, adminRightDays)
      ? [`It runs every ${MIN_INTERVAL_MINUTES} minutes at most: only administrators may have more frequent runs.`]
      : []),
    ...(skippedSlot
      ? [
          `The run of ${skippedSlot.toISOString()} was skipped: all of your schedules together may run ${runsPerDay} times in 24 hours.`,
        ]
      : []),
  ];
}
