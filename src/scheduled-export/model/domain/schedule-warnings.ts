import type { ScheduleWarningCode } from '../../../platform/errors/record-codes';
import { isThrottled, MIN_INTERVAL_MINUTES } from './run-interval';
import type { Schedule } from './schedule';

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
    const message = `It runs every ${MIN_INTERVAL_MINUTES} minutes at most: only administrators may have more frequent runs.`;
    warnings.push({ code: 'interval-extended', message });
  }
  if (schedule.skippedSlot) {
    const slot = schedule.skippedSlot.toISOString();
    const message = `The run of ${slot} was skipped: all schedules of its owner together may run ${runsPerDay} times in 24 hours.`;
    warnings.push({ code: 'run-skipped', message });
  }
  return warnings;
}
