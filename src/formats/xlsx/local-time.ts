const QUARTER = 15 * 60_000;
const DAY = 24 * 60 * 60_000;
/** 1899-12-30, from which serial numbers count, is as many days before 1970. */
const EPOCH_DAYS = 25_569;
/** Earlier than March 1900 Excel and others disagree: Excel knows a 29th of February. */
const FIRST_SERIAL = 61;
/** The year 10000, for which spreadsheets have no dates. */
const END_SERIAL = 2_958_466;
const MAX_CACHED = 10_000;

/** Moments as spreadsheets count them: in days, by the clock of a time zone. */
export class LocalTime {
  private readonly format: Intl.DateTimeFormat;
  private readonly offsets = new Map<number, number>();

  /** @param timeZone as IANA names it */
  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  }

  /** @returns `null` for a moment that spreadsheets have no number for */
  serial(moment: Date): number | null {
    const time = moment.getTime();
    const serial = (time + this.offset(time)) / DAY + EPOCH_DAYS;
    return serial >= FIRST_SERIAL && serial < END_SERIAL ? serial : null;
  }

  /** The clock of no zone is changed twice in a quarter of an hour. */
  private offset(time: number): number {
    const quarter = Math.floor(time / QUARTER);
    const before = this.offsetAtQuarter(quarter);
    return before === this.offsetAtQuarter(quarter + 1) ? before : this.offsetAt(time);
  }

  /** Asking for it takes longer than all else that is done for a cell; most moments of a table lie close together. */
  private offsetAtQuarter(quarter: number): number {
    const known = this.offsets.get(quarter);
    if (known !== undefined) return known;
    if (this.offsets.size >= MAX_CACHED) this.offsets.clear();
    const offset = this.offsetAt(quarter * QUARTER);
    this.offsets.set(quarter, offset);
    return offset;
  }

  private offsetAt(time: number): number {
    const parts = this.format.formatToParts(time);
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = /([+-])(\d+):(\d+)(?::(\d+))?/.exec(name) ?? [];
    const size = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
    return (sign === '-' ? -size : size) * 1000;
  }
}
