import { type CivilTime, midnightOf, type TimeZone } from '../../../platform/time/time-zone';

const EXACT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
const DAYS = { d: 1, w: 7 } as const;
const MONTHS = { M: 1, y: 12 } as const;

type ExactUnit = keyof typeof EXACT_MS;
type CalendarUnit = keyof typeof DAYS | keyof typeof MONTHS;
type Unit = ExactUnit | CalendarUnit;
type RoundedUnit = 'h' | CalendarUnit;

const DAY_MS = 86_400_000;
const [FIRST_YEAR, LAST_YEAR] = [1, 9999];

/** Ten thousand years of seconds, and no more digits than a number can tell exactly. */
const TERM = /^now(?:([+-])(\d{1,12})([smhdwMy]))?(?:\/([hdwMy]))?$/;
const DAYS_BY_NAME: Readonly<Record<string, string>> = {
  today: 'now/d',
  yesterday: 'now-1d/d',
  tomorrow: 'now+1d/d',
};

/** Whatever the database would take for a time of its own choosing. */
const RELATIVE = /now|today|yesterday|tomorrow/i;

/** How such a time is told, for whoever has not got it right. */
export const RELATIVE_WORDS =
  'today, yesterday, tomorrow, or now with an amount and a unit of s m h d w M y, rounded down to one of /h /d /w /M /y: now-7d, now+1h, now-1M/M';

/** A piece of time, its end not included; a single moment where there is none. */
export interface Span {
  readonly start: number;
  readonly end: number | null;
}

/**
 * A time that is told by its distance from another one: `now-7d`. Rounded to a unit of the calendar, as `now-1M/M` is, it
 * means the whole of that unit, as `yesterday` means a whole day.
 */
export class RelativeTime {
  private constructor(
    private readonly amount: number,
    private readonly unit: Unit,
    private readonly rounding: RoundedUnit | null,
  ) {}

  /** @returns `null` for what is no relative time */
  static read(text: string): RelativeTime | null {
    const term = Object.hasOwn(DAYS_BY_NAME, text) ? DAYS_BY_NAME[text] : text;
    const match = TERM.exec(term ?? '');
    if (!match) return null;
    const [, sign, digits = '0', unit = 's', rounding = null] = match;
    const amount = Number(digits) * (sign === '-' ? -1 : 1);
    return new RelativeTime(amount, unit as Unit, rounding as RoundedUnit | null);
  }

  /** Whether a text wants to be a relative time, rightly or not. */
  static isMeantBy(text: string): boolean {
    return RELATIVE.test(text);
  }

  /**
   * What it means at a moment.
   * @returns `null` where that lies outside of the years 1 to 9999
   */
  at(now: number, zone: TimeZone): Span | null {
    const span = isExact(this.unit) ? this.afterExactly(now, this.unit, zone) : this.onCalendar(now, this.unit, zone);
    return isWithinYears(span.start, zone) && isWithinYears(span.end ?? span.start, zone) ? span : null;
  }

  /** Hours are as long as they are. */
  private afterExactly(now: number, unit: ExactUnit, zone: TimeZone): Span {
    const moment = now + this.amount * EXACT_MS[unit];
    if (this.rounding === null || !isWithinYears(moment, zone)) return { start: moment, end: null };
    return spanAround(moment, zone.civilAt(moment), this.rounding, zone);
  }

  /** A day later the clock shows the same time, however long the day was. */
  private onCalendar(now: number, unit: CalendarUnit, zone: TimeZone): Span {
    const time = later(zone.civilAt(now), this.amount, unit);
    if (!isWithinReach(time)) return { start: time, end: null };
    const moment = this.amount === 0 ? now : zone.momentOf(time);
    return this.rounding === null ? { start: moment, end: null } : spanAround(moment, time, this.rounding, zone);
  }
}

/**
 * The unit of the calendar that a time lies in. Weeks begin on Monday.
 * @param moment when the clock shows the time, or next to it where it leaps over it
 */
function spanAround(moment: number, time: CivilTime, unit: RoundedUnit, zone: TimeZone): Span {
  if (unit === 'h') {
    const shown = zone.civilAt(moment);
    const start = moment - (shown - floorTo(shown, EXACT_MS.h));
    return { start, end: start + EXACT_MS.h };
  }
  const start = startOf(time, unit);
  return { start: zone.momentOf(start), end: zone.momentOf(later(start, 1, unit)) };
}

function startOf(time: CivilTime, unit: CalendarUnit): CivilTime {
  const date = new Date(time);
  if (unit === 'y') return midnightOf(date.getUTCFullYear(), 0, 1);
  if (unit === 'M') return midnightOf(date.getUTCFullYear(), date.getUTCMonth(), 1);
  const midnight = floorTo(time, DAY_MS);
  return unit === 'd' ? midnight : midnight - ((date.getUTCDay() + 6) % 7) * DAY_MS;
}

/** From the last days of a longer month it leads to the last day of a shorter one. */
function later(time: CivilTime, amount: number, unit: CalendarUnit): CivilTime {
  if (unit === 'd' || unit === 'w') return time + amount * DAYS[unit] * DAY_MS;
  const date = new Date(time);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + amount * MONTHS[unit]];
  const lastDay = new Date(midnightOf(year, month + 1, 0)).getUTCDate();
  return midnightOf(year, month, Math.min(date.getUTCDate(), lastDay)) + (time - floorTo(time, DAY_MS));
}

function floorTo(time: CivilTime, unit: number): CivilTime {
  return Math.floor(time / unit) * unit;
}

function isExact(unit: Unit): unit is ExactUnit {
  return Object.hasOwn(EXACT_MS, unit);
}

/** The clocks of a zone are asked for the days around, which the calendar of the process must have. */
function isWithinReach(time: number): boolean {
  const year = new Date(time).getUTCFullYear();
  return year >= FIRST_YEAR - 1 && year <= LAST_YEAR + 1;
}

function isWithinYears(moment: number, zone: TimeZone): boolean {
  if (!isWithinReach(moment)) return false;
  const year = new Date(zone.civilAt(moment)).getUTCFullYear();
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}
