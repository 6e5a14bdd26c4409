import type { Schedule, ScheduleRequest } from '@export-service/client';

export const FREQUENCIES = ['hourly', 'daily', 'weekly', 'monthly', 'cron'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** When a schedule runs, as the form has it. What another frequency uses stays while one tries them. */
export interface RecurrenceDraft {
  readonly frequency: Frequency;
  /** Of hourly schedules. */
  readonly minute: string;
  /** `HH:MM` */
  readonly time: string;
  /** 0 for Sunday. */
  readonly weekdays: readonly number[];
  readonly dayOfMonth: string;
  readonly cron: string;
}

export type RecurrenceFields = Pick<ScheduleRequest, 'frequency' | 'cron' | 'at' | 'weekday' | 'day_of_month'>;
/** The same of a stored schedule. */
export type StoredRecurrence = Pick<Schedule, 'frequency' | 'cron' | 'at' | 'weekday' | 'day_of_month'>;

const DAYS_OF_WEEK = 7;
const SUNDAY_OF_CRON = 7;
/** The only form of expressions that the form itself writes: a time on some days of the week. */
const WEEKLY_CRON = /^(\d{1,2}) (\d{1,2}) \* \* ([0-7](?:-[0-7])?(?:,[0-7](?:-[0-7])?)*)$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Every night, when the day before is complete. */
export const DEFAULT_RECURRENCE: RecurrenceDraft = {
  frequency: 'daily',
  minute: '0',
  time: '02:00',
  weekdays: [1],
  dayOfMonth: '1',
  cron: '0 2 * * *',
};

/** @returns undefined while something is missing */
export function toRecurrence(draft: RecurrenceDraft): RecurrenceFields | undefined {
  const { frequency, time, weekdays, dayOfMonth, cron } = draft;
  if (frequency === 'cron') return cron.trim() === '' ? undefined : { frequency, cron: cron.trim() };
  if (frequency === 'hourly') {
    const minute = toWholeNumber(draft.minute, 0, 59);
    return minute === undefined ? undefined : { frequency, at: `00:${twoDigits(minute)}` };
  }
  if (!TIME.test(time)) return undefined;
  if (frequency === 'weekly') return onWeekdays(time, weekdays);
  if (frequency === 'daily') return { frequency, at: time };
  const day = toWholeNumber(dayOfMonth, 1, 31);
  return day === undefined ? undefined : { frequency, at: time, day_of_month: day };
}

/** The API has one day of the week, or an expression. */
function onWeekdays(time: string, weekdays: readonly number[]): RecurrenceFields | undefined {
  const days = [...new Set(weekdays)].sort((one, other) => one - other);
  const [first] = days;
  if (first === undefined) return undefined;
  if (days.length === 1) return { frequency: 'weekly', at: time, weekday: first };
  if (days.length === DAYS_OF_WEEK) return { frequency: 'daily', at: time };
  const [hour, minute] = time.split(':').map(Number);
  return { frequency: 'cron', cron: `${minute} ${hour} * * ${days.join(',')}` };
}

export function fromRecurrence({ frequency, cron, at, weekday, day_of_month: day }: StoredRecurrence): RecurrenceDraft {
  const draft = { ...DEFAULT_RECURRENCE, ...(at !== null && { time: at, minute: String(Number(at.slice(3))) }) };
  if (frequency === 'weekly') return { ...draft, frequency, weekdays: [weekday ?? 1] };
  if (frequency === 'monthly') return { ...draft, frequency, dayOfMonth: String(day ?? 1) };
  if (frequency !== 'cron') return { ...draft, frequency };
  return { ...draft, cron: cron ?? '', ...(fromWeeklyCron(cron ?? '') ?? { frequency }) };
}

function fromWeeklyCron(cron: string): Pick<RecurrenceDraft, 'frequency' | 'time' | 'weekdays'> | undefined {
  const [, minute = '', hour = '', days = ''] = WEEKLY_CRON.exec(cron) ?? [];
  const time = `${twoDigits(Number(hour))}:${twoDigits(Number(minute))}`;
  if (days === '' || !TIME.test(time)) return undefined;
  const weekdays = days.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) % SUNDAY_OF_CRON);
  });
  return weekdays.length === 0 ? undefined : { frequency: 'weekly', time, weekdays: [...new Set(weekdays)].sort() };
}

function toWholeNumber(text: string, min: number, max: number): number | undefined {
  const number = Number(text);
  return text.trim() !== '' && Number.isInteger(number) && number >= min && number <= max ? number : undefined;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
