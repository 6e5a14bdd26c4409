import { Temporal } from 'temporal-polyfill';

/**
 * What a wall clock shows, as the milliseconds that `Date.UTC` returns for the same date and time. The difference of two
 * civil times is the elapsed time only if the offset did not change in between.
 */
export type CivilTime = number;

/** There are about 600 zones, but their names are case-insensitive. */
const MAX_ZONES = 1_000;

/** Zones with daylight saving time have two periods for each year, without end. */
const MAX_PERIODS = 1_000;

/** An IANA name. Offsets such as `+02:00` are refused: POSIX reads them with the opposite sign. */
const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;

/** A time without a change of the offset: `start` is included, `end` is not. */
interface Period {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** The moments at which a wall clock shows a time: two in an overlap, none in a gap. */
export interface Resolution {
  readonly moments: readonly number[];
  /** The first moment after the gap that contains the time; `null` outside of gaps. */
  readonly gapEnd: number | null;
}

/** The wall clock of a region. Moments are milliseconds since 1970. */
export class TimeZone {
  private static readonly known = new Map<string, TimeZone>();

  private readonly periods: Period[] = [];
  private current: Period;

  private constructor(readonly name: string) {
    this.current = this.loadPeriod(Date.now());
  }

  /** @returns `null` when no zone has this name */
  static find(name: string): TimeZone | null {
    const known = TimeZone.known.get(name);
    if (known) return known;
    if (!NAME.test(name)) return null;
    try {
      const zone = new TimeZone(name);
      if (TimeZone.known.size >= MAX_ZONES) TimeZone.known.clear();
      TimeZone.known.set(name, zone);
      return zone;
    } catch {
      return null;
    }
  }

  civilAt(moment: number): CivilTime {
    return moment + this.offsetAt(moment);
  }

  /** How far the wall clock is ahead of UTC, in milliseconds. */
  offsetAt(moment: number): number {
    return this.periodAt(moment).offset;
  }

  /** Such as `2026-03-29T00:00:00.000+02:00`; before standard time the offset may have seconds. */
  format(moment: number): string {
    const zoned = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(this.name);
    return `${zoned.toPlainDateTime().toString({ fractionalSecondDigits: 3 })}${zoned.offset}`;
  }

  /** The first moment at which the clock shows a time; the first moment after the gap if it skips that time. */
  momentOf(civil: CivilTime): number {
    const { moments, gapEnd } = this.resolve(civil);
    return moments[0] ?? gapEnd ?? civil;
  }

  resolve(civil: CivilTime): Resolution {
    const plain = toPlain(civil);
    const [earlier, later] = (['earlier', 'later'] as const).map(
      (disambiguation) => plain.toZonedDateTime(this.name, { disambiguation }).epochMilliseconds,
    ) as [number, number];
    if (earlier === later) return { moments: [earlier], gapEnd: null };
    if (this.civilAt(earlier) === civil) return { moments: [earlier, later], gapEnd: null };
    // In a gap the two readings lie on either side of it.
    return { moments: [], gapEnd: this.nextChange(earlier) };
  }

  /** The next moment at which the offset changes; `Infinity` if it does not change again. */
  nextChange(moment: number): number {
    return this.periodAt(moment).end;
  }

  /** Periods are cached: `Temporal` takes microseconds for an offset, and a table has many times. */
  private periodAt(moment: number): Period {
    const contains = ({ start, end }: Period) => start <= moment && moment < end;
    if (!contains(this.current)) this.current = this.periods.find(contains) ?? this.loadPeriod(moment);
    return this.current;
  }

  private loadPeriod(moment: number): Period {
    const zoned = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(this.name);
    // A change at this very moment is its own start, which is not "previous" to it.
    const start = zoned.add({ milliseconds: 1 }).getTimeZoneTransition('previous')?.epochMilliseconds ?? -Infinity;
    const end = zoned.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity;
    const period = { start, end, offset: zoned.offsetNanoseconds / 1_000_000 };
    if (this.periods.length >= MAX_PERIODS) this.periods.length = 0;
    this.periods.push(period);
    return period;
  }
}

export function toPlain(civil: CivilTime): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(civil).toZonedDateTimeISO('UTC').toPlainDateTime();
}

export function toCivil(plain: Temporal.PlainDateTime): CivilTime {
  return plain.toZonedDateTime('UTC').epochMilliseconds;
}
