/** Operators and their values, as the API takes them. */
export type Operators = Readonly<Record<string, unknown>>;

/** Periods that move with the day of the export, by name. Days begin in the time zone of the export. */
export const PRESETS = {
  today: { eq: 'today' },
  yesterday: { eq: 'yesterday' },
  last7Days: { gte: 'now-7d/d' },
  last30Days: { gte: 'now-30d/d' },
  thisWeek: { eq: 'now/w' },
  thisMonth: { eq: 'now/M' },
  lastMonth: { eq: 'now-1M/M' },
  thisYear: { eq: 'now/y' },
  lastYear: { eq: 'now-1y/y' },
} as const satisfies Record<string, Operators>;
export type PresetName = keyof typeof PRESETS;

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** Whether a text is a day of the calendar, such as 2026-01-31, without a time. */
export function isDay(text: string): boolean {
  return DATE.test(text) && !Number.isNaN(Date.parse(text)) && shiftDays(text, 0) === text;
}

export function isMonth(text: string): boolean {
  return MONTH.test(text);
}

/** Days are counted in UTC, where each has 24 hours: the result must not depend on where the browser is. */
export function shiftDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

export function firstDayOf(month: string): string {
  return `${month}-01`;
}

export function lastDayOf(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

/** @returns the month that has exactly these days, the last one included */
export function monthOf(first: string, last: string): string | undefined {
  const month = first.slice(0, 7);
  return first === firstDayOf(month) && last === lastDayOf(month) ? month : undefined;
}

export function presetOf(operators: Operators): PresetName | undefined {
  const wanted = JSON.stringify(operators);
  return (Object.keys(PRESETS) as PresetName[]).find((name) => JSON.stringify(PRESETS[name]) === wanted);
}
