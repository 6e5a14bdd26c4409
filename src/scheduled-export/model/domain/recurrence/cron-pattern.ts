import { type CronExpression, CronExpressionParser } from 'cron-parser';
import type { CivilPattern } from './civil-pattern';
import type { CivilTime } from '../../../../platform/time/time-zone';

const MAX_LENGTH = 200;
const FIELDS = [
  { name: 'minute', range: '0 to 59' },
  { name: 'hour', range: '0 to 23' },
  { name: 'day of the month', range: '1 to 31' },
  { name: 'month', range: '1 to 12 or names such as jan' },
  { name: 'day of the week', range: '0 to 7 or names such as mon' },
] as const;

const MINUTES_PER_DAY = 1_440;
const DAY_MS = MINUTES_PER_DAY * 60_000;

/** Consecutive days are searched among so many days of an expression: more than a year has. */
const MAX_DAYS = 400;
const DAYS_FROM = Date.UTC(2025, 0, 1);

/** The parser's letter for a random value, which would differ between processes. */
const RANDOM = /(^|[,\s])h([(/\s,]|$)/i;

/** The slots of a cron expression of five fields, on a clock that never changes. */
export class CronPattern implements CivilPattern {
  private constructor(
    private readonly expression: CronExpression,
    /** The fields of the day, the month and the weekday. */
    private readonly dayFields: string,
    /** Whether the hours start with `*`: cron runs such jobs by elapsed time. */
    readonly isFrequent: boolean,
  ) {}

  /** @throws CronError with a message for the user */
  static parse(text: string): CronPattern {
    const fields = text.trim().split(/\s+/);
    const [, hours = ''] = fields;
    if (text.trim().startsWith('@')) throw new CronError('must not be a macro: write its five fields');
    if (text.length > MAX_LENGTH) throw new CronError(`must not be longer than ${MAX_LENGTH} characters`);
    if (fields.length !== FIELDS.length) {
      throw new CronError('must have five fields: minute, hour, day of the month, month, day of the week');
    }
    if (RANDOM.test(text)) throw new CronError('must not leave a field to chance: H is not supported');
    const dayFields = fields.slice(2).join(' ');
    const pattern = new CronPattern(parsed(fields.join(' ')), dayFields, hours.startsWith('*'));
    if (pattern.after(Date.now()) === null) throw new CronError('names no date that there will ever be');
    return pattern;
  }

  after(civil: CivilTime): CivilTime | null {
    try {
      this.expression.reset(new Date(civil));
      return this.expression.next().getTime();
    } catch {
      // The parser throws after a long search for a date that does not exist.
      return null;
    }
  }

  /** The least number of minutes between two slots; `Infinity` beyond a day. */
  minInterval(): number {
    const { minute, hour } = this.expression.fields;
    const times = hour.values.flatMap((hours) => minute.values.map((minutes) => hours * 60 + minutes));
    const within = Math.min(...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
    const overnight = MINUTES_PER_DAY - (times.at(-1) ?? 0) + (times[0] ?? 0);
    return overnight < within && this.hasConsecutiveDays() ? overnight : within;
  }

  private hasConsecutiveDays(): boolean {
    const days = new CronPattern(parsed(`0 0 ${this.dayFields}`), this.dayFields, false);
    let day = days.after(DAYS_FROM);
    for (let count = 0; day !== null && count < MAX_DAYS; count++) {
      const next = days.after(day);
      if (next !== null && next - day === DAY_MS) return true;
      day = next;
    }
    return false;
  }
}

export class CronError extends Error {
  override readonly name = 'CronError';
}

function parsed(text: string): CronExpression {
  try {
    return CronExpressionParser.parse(text, { tz: 'UTC' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (/explicit day of month/i.test(reason)) throw new CronError('names no date that there will ever be');
    throw new CronError(describeFieldError(text.split(' ')) ?? `cannot be read as a cron expression: ${reason}`);
  }
}

/** The error of the first field that is invalid by itself. */
function describeFieldError(given: readonly string[]): string | null {
  const isValid = (index: number) => {
    try {
      CronExpressionParser.parse(FIELDS.map((_, at) => (at === index ? given[at] : '*')).join(' '), { tz: 'UTC' });
      return true;
    } catch {
      return false;
    }
  };
  const broken = FIELDS.findIndex((_, index) => !isValid(index));
  const field = FIELDS[broken];
  return field
    ? `must have for the ${field.name} numbers from ${field.range}, with * , - and /: not “${given[broken]}”`
    : null;
}
