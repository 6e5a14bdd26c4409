import type { FieldError } from '../../../../platform/errors/domain-error';
import { type CivilPattern, everyDay, everyHour, everyMonth, everyWeek, type TimeOfDay } from './civil-pattern';
import { CronError, CronPattern } from './cron-pattern';
import { Recurrence } from './recurrence';
import { TimeZone } from '../../../../platform/time/time-zone';

export const FREQUENCIES = ['hourly', 'daily', 'weekly', 'monthly', 'cron'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONDAY = 1;
const FIRST = 1;
const MIDNIGHT = '00:00';
const MINUTES_PER_HOUR = 60;
const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** When a schedule runs. Fields that the frequency does not use are `null`. */
export interface RecurrenceRule {
  readonly frequency: Frequency;
  readonly cron: string | null;
  /** `HH:MM` */
  readonly at: string | null;
  /** 0 for Sunday. */
  readonly weekday: number | null;
  readonly dayOfMonth: number | null;
  readonly timeZone: string;
}

/** The same as the user wrote it. */
export interface RecurrenceInput {
  readonly frequency: string;
  readonly cron?: string | null;
  readonly at?: string | null;
  /** A number, or a name. */
  readonly weekday?: unknown;
  readonly dayOfMonth?: number | null;
  readonly timeZone?: string | null;
}

type Problem = (field: string, message: string) => void;

/** The rule that an input describes, or every invalid field. */
export function parseRecurrence(input: RecurrenceInput): { rule: RecurrenceRule } | { errors: FieldError[] } {
  const errors: FieldError[] = [];
  const problem: Problem = (field, message) => errors.push({ field, message });
  const { frequency, cron } = frequencyOf(input, problem);
  const only = <Value>(field: string, value: Value, ...meantFor: Frequency[]): NonNullable<Value> | null => {
    if (value == null || frequency === null || meantFor.includes(frequency)) return value ?? null;
    problem(field, `is not used by ${frequency}; it is for ${meantFor.join(', ')}`);
    return null;
  };
  const at = only('at', input.at, 'hourly', 'daily', 'weekly', 'monthly');
  if (at !== null && !TIME_OF_DAY.test(at)) problem('at', 'must be a time of the day such as 07:30');
  const weekday = weekdayOf(only('weekday', input.weekday, 'weekly'), problem);
  const dayOfMonth = only('day_of_month', input.dayOfMonth, 'monthly');
  if (dayOfMonth !== null && !(Number.isInteger(dayOfMonth) && dayOfMonth >= 1 && dayOfMonth <= 31)) {
    problem('day_of_month', 'must be a whole number from 1 to 31');
  }
  const timeZone = input.timeZone ?? 'UTC';
  if (!TimeZone.find(timeZone)) problem('timezone', 'must be the IANA name of a time zone, such as Europe/Kyiv');
  if (errors.length > 0 || frequency === null) return { errors };
  return {
    rule: {
      frequency,
      cron,
      at: frequency === 'cron' ? null : (at ?? MIDNIGHT),
      weekday: frequency === 'weekly' ? (weekday ?? MONDAY) : null,
      dayOfMonth: frequency === 'monthly' ? (dayOfMonth ?? FIRST) : null,
      timeZone,
    },
  };
}

/** @throws when this version does not know the zone or cannot read the expression of a rule that was valid once */
export function toRecurrence(rule: RecurrenceRule): Recurrence {
  const zone = TimeZone.find(rule.timeZone);
  if (!zone) throw new CronError(`There is no time zone ${rule.timeZone}`);
  if (rule.frequency !== 'cron') return new Recurrence(patternOf(rule), zone, rule.frequency === 'hourly');
  const pattern = CronPattern.parse(rule.cron ?? '');
  return new Recurrence(pattern, zone, pattern.isFrequent);
}

/** The least number of minutes between two runs, apart from clock changes; `Infinity` for a day and more. */
export function minIntervalOf({ frequency, cron }: RecurrenceRule): number {
  if (frequency === 'cron') return CronPattern.parse(cron ?? '').minInterval();
  return frequency === 'hourly' ? MINUTES_PER_HOUR : Infinity;
}

function patternOf({ frequency, at, weekday, dayOfMonth }: RecurrenceRule): CivilPattern {
  const time = timeOf(at ?? MIDNIGHT);
  if (frequency === 'hourly') return everyHour(time);
  if (frequency === 'weekly') return everyWeek(time, weekday ?? MONDAY);
  if (frequency === 'monthly') return everyMonth(time, dayOfMonth ?? FIRST);
  return everyDay(time);
}

function timeOf(text: string): TimeOfDay {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return { hour, minute };
}

/** A frequency by name, or by an expression. */
function frequencyOf(
  { frequency: given, cron }: RecurrenceInput,
  problem: Problem,
): { frequency: Frequency | null; cron: string | null } {
  const named = FREQUENCIES.find((name) => name === given.trim());
  if (named !== undefined && named !== 'cron') {
    if (cron != null) problem('cron', `is not used by ${named}; it is for cron`);
    return { frequency: named, cron: null };
  }
  if (named === undefined && !/[\s*@]/.test(given.trim())) {
    problem('frequency', `must be one of ${FREQUENCIES.join(', ')}, or a cron expression such as 0 1 * * *`);
    return { frequency: null, cron: null };
  }
  if (named === undefined && cron != null) problem('cron', 'must be left out where frequency is an expression itself');
  const [field, expression] = named === undefined ? ['frequency', given] : ['cron', cron ?? ''];
  try {
    CronPattern.parse(expression);
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    problem(field, error.message);
  }
  return { frequency: 'cron', cron: expression.trim().split(/\s+/).join(' ') };
}

function weekdayOf(given: unknown, problem: Problem): number | null {
  if (given === null) return null;
  const number = typeof given === 'string' ? WEEKDAYS.findIndex((name) => isNamed(name, given)) : given;
  if (typeof number === 'number' && WEEKDAYS[number] !== undefined) return number;
  problem('weekday', 'must be a number from 0 (Sunday) to 6, or a name such as monday');
  return null;
}

function isNamed(weekday: string, given: string): boolean {
  const name = given.trim().toLowerCase();
  return name === weekday || name === weekday.slice(0, 3);
}
