import type { CivilPattern } from './civil-pattern';
import type { CivilTime, TimeZone } from '../../../../platform/time/time-zone';

const HOUR = 3_600_000;
/** Clocks are never set back by more than this. */
const MAX_REPEAT_MS = 25 * HOUR;

/** The first range that is searched for the last of many slots, and the factor by which it grows. */
const FIRST_RANGE_MS = HOUR;
const RANGE_GROWTH = 8;

/**
 * What a clock change does to a slot. `gap`: the clock skips its time, and it comes at the first moment after the gap. `overlap`:
 * the clock shows its time twice.
 */
export const CLOCK_CHANGES = ['gap', 'overlap'] as const;
export type ClockChange = (typeof CLOCK_CHANGES)[number];

/**
 * The slots of a schedule. A time in a gap of the clock comes at the first moment after the gap, and several such times come
 * as one; a time in an overlap comes at its first showing. A frequent recurrence, which repeats every few minutes or hours,
 * goes by elapsed time: it comes again in the repeated hour, and a slot in a gap is made up for only if the next one
 * would come later than usual.
 */
export class Recurrence {
  constructor(
    private readonly pattern: CivilPattern,
    private readonly zone: TimeZone,
    private readonly isFrequent: boolean,
  ) {}

  /** The first moment that is later; `null` when there is none. */
  nextAfter(instant: Date): Date | null {
    const moment = this.isFrequent ? this.nextByTime(instant.getTime()) : this.nextByClock(instant.getTime());
    return moment === null ? null : new Date(moment);
  }

  /**
   * The last moment that is not later than `now`.
   * @param from one of the moments, not later than `now` itself
   */
  latestDue(from: Date, now: Date): Date {
    for (let range = FIRST_RANGE_MS; ; range *= RANGE_GROWTH) {
      const begin = Math.max(from.getTime(), now.getTime() - range);
      let latest = begin === from.getTime() ? from : null;
      let next = this.nextAfter(new Date(begin));
      while (next && next <= now) [latest, next] = [next, this.nextAfter(next)];
      if (latest) return latest;
    }
  }

  /** @param slot one of the moments @returns `null` where the clock shows its time once */
  clockChangeAt(slot: Date): ClockChange | null {
    const moment = slot.getTime();
    const civil = this.zone.civilAt(moment);
    if (this.zone.resolve(civil).moments.length > 1) return 'overlap';
    const gapStart = moment + this.zone.offsetAt(moment - 1);
    if (gapStart >= civil) return null;
    const isOnTime = this.pattern.after(civil - 1) === civil;
    const skipped = this.pattern.after(gapStart - 1);
    return skipped !== null && skipped < civil && !(this.isFrequent && isOnTime) ? 'gap' : null;
  }

  private nextByClock(moment: number): number | null {
    let civil = this.pattern.after(this.zone.civilAt(moment));
    while (civil !== null) {
      const shown = this.zone.momentOf(civil);
      if (shown > moment) return shown;
      // The first showing was before the clock was set back.
      civil = this.pattern.after(civil);
    }
    return null;
  }

  private nextByTime(moment: number): number | null {
    const civil = this.pattern.after(this.zone.civilAt(moment));
    const next = civil === null ? null : this.firstShowing(civil, moment);
    return this.findRepeated(moment, next ?? moment + MAX_REPEAT_MS) ?? next;
  }

  private firstShowing(civil: CivilTime, after: number): number {
    const { moments, gapEnd } = this.zone.resolve(civil);
    const shown = moments.find((moment) => moment > after);
    if (shown !== undefined || gapEnd === null) return shown ?? civil;
    const onTime = civil - this.zone.offsetAt(gapEnd - 1);
    const following = this.pattern.after(this.zone.civilAt(gapEnd) - 1);
    const next = following === null ? Infinity : following - this.zone.offsetAt(gapEnd);
    return next <= onTime ? next : gapEnd;
  }

  /** The first slot between two moments that a clock which is set back in between shows again. */
  private findRepeated(moment: number, next: number): number | null {
    const change = this.zone.nextChange(moment);
    if (change > Math.min(next, moment + MAX_REPEAT_MS)) return null;
    const offset = this.zone.offsetAt(change);
    if (offset >= this.zone.offsetAt(moment)) return null;
    const civil = this.pattern.after(change + offset - 1);
    return civil !== null && civil - offset < next ? civil - offset : null;
  }
}
