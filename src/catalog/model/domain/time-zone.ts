const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;

/** A time as a clock on the wall shows it: the milliseconds of the UTC time that reads the same. */
export type WallTime = number;

/** The clocks of one time zone. Moments are milliseconds since 1970, as `Date` has them. */
export class TimeZone {
  private readonly clock: Intl.DateTimeFormat;

  /** @param name an IANA name @throws RangeError when there is no such zone */
  constructor(readonly name: string) {
    const number = 'numeric';
    this.clock = new Intl.DateTimeFormat('en', {
      ...{ timeZone: name, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', era: 'short' },
      ...{ year: number, month: number, day: number, hour: number, minute: number, second: number },
    });
  }

  /** What the clock shows at a moment. */
  wallTimeOf(moment: number): WallTime {
    const parts = Object.fromEntries(this.clock.formatToParts(moment).map(({ type, value }) => [type, value]));
    const part = (name: Intl.DateTimeFormatPartTypes) => Number(parts[name]);
    const year = parts['era'] === 'BC' ? 1 - part('year') : part('year');
    return (
      wallTime(year, part('month') - 1, part('day')) +
      ((part('hour') * 60 + part('minute')) * 60 + part('second')) * SECOND_MS +
      fractionOf(moment)
    );
  }

  /** The first moment at which the clock shows this time; where it leaps over it, the one at which it leaps. */
  momentOf(time: WallTime): number {
    const before = this.offsetAt(time - DAY_MS);
    const after = this.offsetAt(time + DAY_MS);
    const shown = [time - before, time - after].filter((moment) => this.wallTimeOf(moment) === time);
    return shown.length > 0 ? Math.min(...shown) : this.leapBetween(time - after, time - before);
  }

  /** Hours, minutes and seconds that the clock is ahead of UTC. */
  offsetAt(moment: number): number {
    return this.wallTimeOf(moment) - moment;
  }

  /** The first moment of the later offset. */
  private leapBetween(from: number, to: number): number {
    const later = this.offsetAt(to);
    let [low, high] = [from, to];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle) === later) high = middle;
      else low = middle;
    }
    return high;
  }
}

/** The midnight at which a day begins. Months count from 0 and, as days do, may lie outside of their year or month. */
export function wallTime(year: number, month: number, day: number): WallTime {
  // Date.UTC takes years below 100 for those of the twentieth century.
  return new Date(0).setUTCFullYear(year, month, day);
}

function fractionOf(moment: number): number {
  return ((moment % SECOND_MS) + SECOND_MS) % SECOND_MS;
}
