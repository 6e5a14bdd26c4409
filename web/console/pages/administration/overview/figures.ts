import { type components, describeError, ExportServiceError, type Locale } from '@export-service/client';
import type { Units } from '../../../../shared/units';

export type Stats = components['schemas']['ExportStatsResponse'];

export const PERIODS = ['7', '30', '90'] as const;
export type PeriodDays = (typeof PERIODS)[number];

const DAY_MS = 86_400_000;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** Midnight in UTC, from which on the last `days` days are counted. The service counts days in UTC. */
export function firstDay(days: number, now: number): string {
  return new Date(now - (days - 1) * DAY_MS).toISOString().slice(0, 10);
}

/** Null where nothing has ended. */
export function successShare({
  successful_exports: successful,
  failed_exports: failed,
}: Pick<Stats, 'successful_exports' | 'failed_exports'>): number | null {
  const ended = successful + failed;
  return ended === 0 ? null : (100 * successful) / ended;
}

/** Such as "40 ms", "1.5 sec" or "3 min". */
export function describeMilliseconds(milliseconds: number, units: Units): string {
  const inUnit = (value: number, unit: string, maximumFractionDigits: number): string =>
    units.number(value, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits });
  if (milliseconds < SECOND_MS) return inUnit(milliseconds, 'millisecond', 0);
  if (milliseconds < 10 * SECOND_MS) return inUnit(milliseconds / SECOND_MS, 'second', 1);
  if (milliseconds < 2 * MINUTE_MS) return inUnit(milliseconds / SECOND_MS, 'second', 0);
  return units.duration(milliseconds / SECOND_MS);
}

/** What a failure code means, in words; undefined for a code that this version of the console does not know. */
export function describeFailure(code: string, locale: Locale): string | undefined {
  const text = describeError(new ExportServiceError(code, code), locale);
  return text === code ? undefined : text;
}
