import { DomainError, type FieldError } from '../../../platform/errors/domain-error';

const SECONDS_PER_DAY = 86_400;

/** How many exports one statement expires at most, or reads to delete their files. */
export const EXPIRY_BATCH = 500;

/** Whole seconds, at least 1. */
export function daysToSeconds(days: number): number {
  return Math.max(1, Math.round(days * SECONDS_PER_DAY));
}

/** The retention of a request as its record stores it; `null` for the default of the service. */
export function toRetentionSeconds(days: number | null | undefined): number | null {
  return days == null ? null : daysToSeconds(days);
}

export function toRetentionDays(seconds: number | null): number | null {
  return seconds === null ? null : seconds / SECONDS_PER_DAY;
}

/** The error of a retention above the maximum of the service; `null` when it is valid. */
export function retentionError(seconds: number | null, maxDays: number): FieldError | null {
  if (seconds === null || seconds <= daysToSeconds(maxDays)) return null;
  const message = `must not be above ${maxDays}, the maximum retention of files`;
  return { field: 'retention_days', message };
}

/** @throws DomainError invalid, when the retention is above the maximum of the service */
export function checkRetention(seconds: number | null, maxDays: number): void {
  const error = retentionError(seconds, maxDays);
  if (error) throw DomainError.invalidRequest(error);
}
