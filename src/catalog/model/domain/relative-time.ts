import { Temporal } from 'temporal-polyfill';
import { type CivilTime, TimeZone, toCivil, toPlain } from '../../../platform/time/time-zone';

const EXACT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
const CALENDAR_UNITS = { d: 'days', w: 'weeks', M: 'months', y: 'years' } as const;

type ExactUnit = keyof typeof EXACT_MS;
type CalendarUnit = keyof typeof CALENDAR_UNITS;
type Unit = ExactUnit | CalendarUnit;
type RoundingUnit = 'h' | CalendarUnit;

const [FIRST_YEAR, LAST_YEAR] = [1, 9999];

/** Twelve digits are ten thousand years of seconds, and fit into a number exactly. */
const TERM = /^now(?:([+-])(\d{1,12})([smhdwMy]))?(?:\/([hdwMy]))?$/;
const DAYS_BY_NAME: Readonly<Record<string, string>> = {
  today: 'now/d',
  yesterday: 'now-1d/d',
  tomorrow: 'now+1d/d',
};

/** Words for which PostgreSQL would use its own clock and time zone. */
const RELATIVE = /now|today|yesterday|tomorrow/i;

/** The syntax of relative times, for error messages. */
export const RELATIVE_SYNTAX =
  'today, yesterday, tomorrow, or now with an amount and a unit of s m h d w M y, rounded down to one of /h /d /w /M /y: now-7d, now+1h, now-1M/M';

/** The moment to which relative times refer, and the time zone in which days begin. */
export class ReferenceTime {
  readonly now: number;
  readonly zone: TimeZone;

  /** @param now as ISO 8601 @param timeZone the name of a known zone */
  constructor(now: string, timeZone: string) {
    const zone = TimeZone.find(timeZone);
    if (!zone) throw new RangeError(`There is no time zone ${JSON.stringify(timeZone)}`);
    this.now = Date.parse(now);
    this.zone = zone;
  }

  /** Such as `2026-03-29`. */
  formatDay(moment: number): string {
    return Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(this.zone.name).toPlainDate().toString();
  }

  /** Such as `2026-03-29T00:00:00.000+02:00`; before standard time the offset may have seconds. */
  formatMoment(moment: number): string {
    return this.zone.format(moment);
  }
}

/** A period that includes its start but not its end; a single moment where `end` is `null`. */
export interface Span {
  readonly start: number;
  readonly end: number | null;
}

/**
 * A time relative to another one, such as `now-7d`. Rounded to a unit, as in `now-1M/M`, it is that whole unit, as
 * `yesterday` is a whole day.
 */
export class RelativeTime {
  private constructor(
    private readonly amount: number,
    private readonly unit: Unit,
    private readonly rounding: RoundingUnit | null,
  ) {}

  /** @returns `null` for any other text */
  static parse(text: string): RelativeTime | null {
    const term = Object.hasOwn(DAYS_BY_NAME, text) ? DAYS_BY_NAME[text] : text;
    const match = TERM.exec(term ?? '');
    if (!match) return null;
    const [, sign, digits = '0', unit = 's', rounding = null] = match;
    const amount = Number(digits) * (sign === '-' ? -1 : 1);
    return new RelativeTime(amount, unit as Unit, rounding as RoundingUnit | null);
  }

  /** Whether a text looks like a relative time, also if it is not a valid one. */
  static isIntendedBy(text: string): boolean {
    return RELATIVE.test(text);
  }

  /** @returns `null` outside of the years 1 to 9999 */
  at(now: number, zone: TimeZone): Span | null {
    try {
      const span = isExact(this.unit)
        ? this.addExactly(now, this.unit, zone)
        : this.addOnCalendar(now, this.unit, zone);
      return isWithinYears(span.start, zone) && isWithinYears(span.end ?? span.start, zone) ? span : null;
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  /** Seconds, minutes and hours are elapsed time. */
  private addExactly(now: number, unit: ExactUnit, zone: TimeZone): Span {
    const moment = now + this.amount * EXACT_MS[unit];
    return this.rounding === null ? toMoment(moment) : spanAround(moment, zone.civilAt(moment), this.rounding, zone);
  }

  /** A day later the clock shows the same time, even if the day has 23 hours. A month after 31 January is 28 February. */
  private addOnCalendar(now: number, unit: CalendarUnit, zone: TimeZone): Span {
    const civil = toCivil(toPlain(zone.civilAt(now)).add({ [CALENDAR_UNITS[unit]]: this.amount }));
    const moment = this.amount === 0 ? now : zone.momentOf(civil);
    return this.rounding === null ? toMoment(moment) : spanAround(moment, civil, this.rounding, zone);
  }
}

function toMoment(start: number): Span {
  return { start, end: null };
}

/**
 * The unit of the calendar that contains a civil time. Weeks begin on Monday.
 * @param moment when the clock shows the time, or the end of the gap that contains it
 */
function spanAround(moment: number, civil: CivilTime, unit: RoundingUnit, zone: TimeZone): Span {
  if (unit === 'h') {
    const shown = zone.civilAt(moment);
    const start = moment - (shown - Math.floor(shown / EXACT_MS.h) * EXACT_MS.h);
    return { start, end: start + EXACT_MS.h };
  }
  const start = startOf(toPlain(civil), unit);
  const end = start.add({ [CALENDAR_UNITS[unit]]: 1 });
  return { start: zone.momentOf(toCivil(start)), end: zone.momentOf(toCivil(end)) };
}

function startOf(plain: Temporal.PlainDateTime, unit: CalendarUnit): Temporal.PlainDateTime {
  const midnight = plain.round({ smallestUnit: 'day', roundingMode: 'floor' });
  if (unit === 'y') return midnight.with({ month: 1, day: 1 });
  if (unit === 'M') return midnight.with({ day: 1 });
  return unit === 'd' ? midnight : midnight.subtract({ days: plain.dayOfWeek - 1 });
}

function isExact(unit: Unit): unit is ExactUnit {
  return Object.hasOwn(EXACT_MS, unit);
}

function isWithinYears(moment: number, zone: TimeZone): boolean {
  const { year } = toPlain(zone.civilAt(moment));
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}
