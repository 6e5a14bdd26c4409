import type { SchedulePreview } from '@export-service/client';

export type PreviewedRun = SchedulePreview['results'][number];
type RelativePeriod = PreviewedRun['periods'][number];

/** The times that a run covers: from `start` on, before `end`. Null is unlimited. Both are local times with an offset. */
export interface CoveredPeriod {
  readonly start: string | null;
  readonly end: string | null;
}

const OPERATOR = /\.?(eq|gte|gt|lte|lt|dateFrom|dateTo)$/;

/** What the relative times in the filters of a run mean together: those of a column are its bounds. Each period once. */
export function coveredPeriods(periods: readonly RelativePeriod[]): CoveredPeriod[] {
  const byColumn = new Map<string, CoveredPeriod>();
  for (const period of periods) {
    const operator = OPERATOR.exec(period.field)?.[1] ?? 'eq';
    const column = period.field.replace(OPERATOR, '');
    const { start, end } = byColumn.get(column) ?? { start: null, end: null };
    const bounds = boundsOf(operator, period);
    byColumn.set(column, { start: bounds.start ?? start, end: bounds.end ?? end });
  }
  const covered = [...byColumn.values()].filter(({ start, end }) => start !== null || end !== null);
  const seen = new Set<string>();
  return covered.filter(({ start, end }) => {
    const key = `${start} ${end}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

function boundsOf(operator: string, { from, before }: RelativePeriod): CoveredPeriod {
  switch (operator) {
    case 'gte':
    case 'dateFrom':
      return { start: from, end: null };
    case 'gt':
      return { start: before ?? from, end: null };
    case 'lte':
    case 'dateTo':
      return { start: null, end: before ?? from };
    case 'lt':
      return { start: null, end: from };
    default:
      return { start: from, end: before ?? from };
  }
}

/** A period of whole days: its first and its last, as `YYYY-MM-DD`; undefined for one with times. */
export function wholeDays({ start, end }: CoveredPeriod): { first: string | null; last: string | null } | undefined {
  if (![start, end].every((time) => time === null || time.slice(11, 16) === '00:00')) return undefined;
  return { first: start?.slice(0, 10) ?? null, last: end === null ? null : dayBefore(end.slice(0, 10)) };
}

function dayBefore(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString().slice(0, 10);
}
