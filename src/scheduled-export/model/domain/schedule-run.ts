import type { RunFailureCode } from '../../../platform/errors/record-codes';

export type RunTrigger = 'schedule' | 'manual';
export type RunOutcome = 'succeeded' | 'failed';

/** One time that a schedule ran. How its export fares is the export's own record. */
export interface ScheduleRun {
  readonly id: string;
  readonly scheduleId: string;
  /** For when it was planned; `null` where somebody asked for it. */
  readonly slot: Date | null;
  readonly trigger: RunTrigger;
  readonly exportId: string;
  /** `null` until the export and what it delivers have ended. */
  readonly outcome: RunOutcome | null;
  readonly error: string | null;
  /** Null exactly where `error` is. */
  readonly errorCode: RunFailureCode | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** How a run ended. */
export interface RunResult {
  readonly outcome: RunOutcome;
  readonly error: string | null;
  readonly errorCode: RunFailureCode | null;
  /** What it means for the failures in a row: one more, none any more, or nothing, as when somebody cancelled it. */
  readonly failureStreak: 'increment' | 'reset' | 'keep';
}
