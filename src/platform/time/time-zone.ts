/**
 * What a wall clock shows, as milliseconds: those that `Date.UTC` gives for the same figures. Between two of them lies what
 * the clock's hands went, which where clocks are changed is not the time that passed.
 */
export type CivilTime = number;

const HOUR = 3_600_000;

/** More than there are zones: their names may be written in small letters and in large ones. */
const MAX_CACHED = 1_000;

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
      if (TimeZone.known.size >= MAX_CACHED) TimeZone.known.clear();
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
    const figures: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
    for (const { type, value } of this.format.formatToParts(whole)) figures[type] = value;
    const [year, month, day] = [Number(figures.year), Number(figures.month), Number(figures.day)];
    const [hour, minute, second] = [Number(figures.hour), Number(figures.minute), Number(figures.second)];
    const midnight = midnightOf(figures.era === 'BC' ? 1 - year : year, month - 1, day);
    return midnight + ((hour * 60 + minute) * 60 + second) * 1000 - whole;
  }

  /** When the clock shows a time for the first time; where it jumps over it, the first moment after the jump. */
  momentOf(civil: CivilTime): number {
    const { moments, gapEnd } = this.showingsOf(civil);
    return moments[0] ?? gapEnd ?? civil;
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

/** The beginning of a day. Months count from 0 and, as days do, may lie outside of their year or month. */
export function midnightOf(year: number, month: number, day: number): CivilTime {
  // Date.UTC takes years below 100 for those of the twentieth century.
  return new Date(0).setUTCFullYear(year, month, day);
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}
