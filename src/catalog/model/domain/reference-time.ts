import { type CivilTime, TimeZone } from '../../../platform/time/time-zone';

/** The moment that relative words are relative to, in the time zone in which days begin. */
export class ReferenceTime {
  readonly now: number;
  readonly zone: TimeZone;

  /** @param now by ISO 8601 @param timeZone the name of one that is known to exist */
  constructor(now: string, timeZone: string) {
    const zone = TimeZone.find(timeZone);
    if (!zone) throw new RangeError(`There is no time zone ${JSON.stringify(timeZone)}`);
    this.now = Date.parse(now);
    this.zone = zone;
  }

  /** `2026-03-29`: the day of a moment. */
  dayOf(moment: number): string {
    return new Date(this.zone.civilAt(moment)).toISOString().slice(0, 10);
  }

  /** `2026-03-29T00:00:00.000+02:00`: a moment as the clocks show it, and how far they are from UTC. */
  textOf(moment: number): string {
    const shown: CivilTime = this.zone.civilAt(moment);
    const offset = shown - moment;
    const distance = new Date(Math.abs(offset)).toISOString();
    // Before there were zones the clocks of a place were off by seconds, too.
    const length = distance.slice(17, 19) === '00' ? 16 : 19;
    return `${new Date(shown).toISOString().slice(0, 23)}${offset < 0 ? '-' : '+'}${distance.slice(11, length)}`;
  }
}
