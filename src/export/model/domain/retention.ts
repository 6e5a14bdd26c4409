import { DomainError, type FieldError } from '../../../platform/errors/domain-error';

const SECONDS_PER_DAY = 86_400;

/** For how many whole seconds a file is kept that is to be kept for so many days. */
export function daysToSeconds(days: number): number {
  return Math.max(1, Math.round(days * SECONDS_PER_DAY));
}

/** What a request says of it, as the records keep it: `null` where it leaves that to the service. */
export function toRetentionSeconds(days: number | null | undefined): number | null {
  return days == null ? null : daysToSeconds(days);
}

/** The same as requests say it. */
export function toRetentionDays(seconds: number | null): number | null {
  return seconds === null ? null : seconds / SECONDS_PER_DAY;
}

/** What is wrong with keeping a file for so long, where the service keeps none for longer than so many days. */
export function retentionError(seconds: number | null, longestDays: number): FieldError | null {
  if (seconds === null || seconds <= daysToSeconds(longestDays)) return null;
  const message = `must not be above ${longestDays}, which is how long files are kept at most`;
  return { field: 'retention_days', message };
}

/** @throws DomainError invalid, when a file is to be kept for longer than the service keeps any */
export function checkRetention(seconds: number | null, longestDays: number): void {
  const error = retentionError(seconds, longestDays);
  if (error) throw DomainError.invalidRequest(error);
}
