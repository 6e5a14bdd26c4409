import type { FailureCode } from '../../../export';
import type { ExportFormat } from '../../../formats';
import type { BoundedPeriod, Period } from './period';

const DAY_MS = 86_400_000;

export const MAX_DAYS = 92;
export const DEFAULT_DAYS = 30;

/** How long exports took from start to completion, in milliseconds; `null` without a successful export. */
export interface DurationPercentiles {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
}

/** The exports that were requested on one day, in UTC. */
export interface DayFigures {
  /** Such as `2026-11-30`. */
  readonly day: string;
  readonly total: number;
  /** Completed, also when the file has expired since. */
  readonly successful: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly unfinished: number;
  readonly bytes: number;
  readonly records: number;
  /** Only formats with at least one export. */
  readonly byFormat: readonly { readonly format: ExportFormat; readonly total: number }[];
  readonly duration: DurationPercentiles;
}

export interface FailureCount {
  readonly code: FailureCode;
  readonly count: number;
}

/** Figures of the last days of a period, for plots. */
export interface DailyStats {
  /** Every day, the oldest first, also without exports. */
  readonly days: readonly DayFigures[];
  /** Of all these days together. */
  readonly duration: DurationPercentiles;
  /** Why exports of these days failed, the most frequent reason first. */
  readonly failures: readonly FailureCount[];
}

/**
 * The last days of a period, in UTC. They end with the day before `to`, and no later than today. The first and the last day
 * are cut where the period begins and ends.
 */
export function lastDays(count: number, { from, to }: Period, now: Date): BoundedPeriod {
  const tomorrow = startOfDay(now).getTime() + DAY_MS;
  const end = Math.min(to?.getTime() ?? tomorrow, tomorrow);
  const first = startOfDay(new Date(end - 1)).getTime() - (count - 1) * DAY_MS;
  const start = Math.min(Math.max(from?.getTime() ?? first, first), end);
  return { from: new Date(start), to: new Date(end) };
}

/** Every day that a period touches, such as `2026-11-30`. */
export function daysOf({ from, to }: BoundedPeriod): string[] {
  const days: string[] = [];
  for (let day = startOfDay(from).getTime(); day < to.getTime(); day += DAY_MS) {
    days.push(new Date(day).toISOString().slice(0, 10));
  }
  return from < to ? days : [];
}

function startOfDay(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / DAY_MS) * DAY_MS);
}
