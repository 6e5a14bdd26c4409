/**
 * What a wall clock shows, as milliseconds: those that `Date.UTC` gives for the same figures. Between two of them lies what
 * the clock's hands went, which where clocks are changed is not the time that passed.
 */
export type CivilTime = number;

const HOUR = 3_600_000;

/** No zone is further from UTC, in either direction, than this; nor does a change move clocks by more. */
const FURTHEST = 26 * HOUR;

/** An IANA name. Offsets such as `+02:00`, which some readers take the other way round, are none. */
const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;

/** The moments at which a wall clock shows a time: two where it is shown twice, none where clocks jump over it. */
export interface Showings {
  readonly moments: readonly number[];
  /** The first moment after the jump, where there is no other. */
  readonly gapEnd: number | null;
}

/** The wall clock of a region. Moments are milliseconds since 1970. */
export class TimeZone {
  private static readonly known = new Map<string, TimeZone>();

  private constructor(private readonly format: Intl.DateTimeFormat) {}

  /** @returns `null` when no zone has this name */
  static find(name: string): TimeZone | null {
    const known = TimeZone.known.get(name);
    if (known) return known;
    if (!NAME.test(name)) return null;
    try {
      const zone = new TimeZone(formatFor(name));
      TimeZone.known.set(name, zone);
      return zone;
    } catch {
      return null;
    }
  }

  civilAt(moment: number): CivilTime {
    return moment + this.offsetAt(moment);
  }

  /** How far the wall clock is ahead of UTC. */
  offsetAt(moment: number): number {
    const whole = Math.floor(moment / 1000) * 1000;
    const figures: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of this.format.formatToParts(whole)) figures[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = figures;
    return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
  }

  showingsOf(civil: CivilTime): Showings {
    const before = this.offsetAt(civil - FURTHEST);
    const after = this.offsetAt(civil + FURTHEST);
    const moments = [...new Set([before, after])]
      .map((offset) => civil - offset)
      .filter((moment) => this.civilAt(moment) === civil)
      .sort((one, other) => one - other);
    return { moments, gapEnd: moments.length > 0 ? null : this.changeBetween(civil - FURTHEST, civil + FURTHEST) };
  }

  /** The first moment of the offset that `end` has, where `begin` has another and there is one change between them. */
  changeBetween(begin: number, end: number): number {
    const offset = this.offsetAt(end);
    let [earlier, later] = [Math.floor(begin / 1000), Math.ceil(end / 1000)];
    while (later - earlier > 1) {
      const middle = Math.floor((earlier + later) / 2);
      if (this.offsetAt(middle * 1000) === offset) later = middle;
      else earlier = middle;
    }
    return later * 1000;
  }
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}
