import { TimeZone } from '../../platform/time/time-zone';

const DAY_MS = 24 * 60 * 60_000;
/** 1899-12-30, where serial numbers begin, is so many days before 1970. */
const EPOCH_DAYS = 25_569;
/** Before March 1900 Excel and other programs disagree: Excel counts a 29 February 1900. */
const FIRST_SERIAL = 61;
/** The year 10000, for which spreadsheets have no dates. */
const END_SERIAL = 2_958_466;

/** Moments as spreadsheets store them: in days, by the clock of a time zone. */
export class LocalTime {
  private readonly zone: TimeZone;

  /** @param timeZone an IANA name @throws RangeError for any other */
  constructor(timeZone: string) {
    const zone = TimeZone.find(timeZone);
    if (!zone) throw new RangeError(`There is no time zone ${JSON.stringify(timeZone)}`);
    this.zone = zone;
  }

  /** @returns `null` for a moment that spreadsheets have no number for */
  serial(moment: Date): number | null {
    const time = moment.getTime();
    if (Math.abs(time) > END_SERIAL * DAY_MS) return null;
    const serial = this.zone.civilAt(time) / DAY_MS + EPOCH_DAYS;
    return serial >= FIRST_SERIAL && serial < END_SERIAL ? serial : null;
  }
}
