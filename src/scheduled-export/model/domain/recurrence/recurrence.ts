import type { CivilPattern } from './civil-pattern';
import type { CivilTime, TimeZone } from '../../../../platform/time/time-zone';

const HOUR = 3_600_000;
/** Clocks are never put back by more than this. */
const MAX_REPEAT_MS = 25 * HOUR;

/** How far to look back at first for the last of many slots, and how much further each time nothing was there. */
const FIRST_LOOK_BACK = HOUR;
const FURTHER = 8;

/**
 * The moments of something that recurs by a wall clock. A time that the clock jumps over comes at the first moment after the jump, several
 * such times come as one; a time that the clock shows twice comes at its first showing. What recurs every so many minutes or
 * hours (`isFrequent`) goes by the time that passes instead: in the hour that is repeated it comes again, and what was jumped over
 * is made up for only where it would be waited for longer than usual.
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
    for (let span = FIRST_LOOK_BACK; ; span *= FURTHER) {
      const begin = Math.max(from.getTime(), now.getTime() - span);
      let latest = begin === from.getTime() ? from : null;
      let next = this.nextAfter(new Date(begin));
      while (next && next <= now) [latest, next] = [next, this.nextAfter(next)];
      if (latest) return latest;
    }
  }

  private nextByClock(moment: number): number | null {
    let civil = this.pattern.after(this.zone.civilAt(moment));
    while (civil !== null) {
      const { moments, gapEnd } = this.zone.showingsOf(civil);
      const shown = moments[0] ?? gapEnd ?? civil;
      if (shown > moment) return shown;
      // It was shown before the clock was put back.
      civil = this.pattern.after(civil);
    }
    return null;
  }

  private nextByTime(moment: number): number | null {
    const civil = this.pattern.after(this.zone.civilAt(moment));
    const next = civil === null ? null : this.firstShowing(civil, moment);
    return this.repeatedBetween(moment, next ?? moment + MAX_REPEAT_MS) ?? next;
  }

  private firstShowing(civil: CivilTime, after: number): number {
    const { moments, gapEnd } = this.zone.showingsOf(civil);
    const shown = moments.find((moment) => moment > after);
    if (shown !== undefined || gapEnd === null) return shown ?? civil;
    const onTime = civil - this.zone.offsetAt(gapEnd - 1);
    const following = this.pattern.after(this.zone.civilAt(gapEnd) - 1);
    const next = following === null ? Infinity : following - this.zone.offsetAt(gapEnd);
    return next <= onTime ? next : gapEnd;
  }

  /** The first moment of a time that a clock which is put back in between shows again. */
  private repeatedBetween(moment: number, next: number): number | null {
    const end = Math.min(next, moment + MAX_REPEAT_MS);
    const offset = this.zone.offsetAt(end);
    if (offset >= this.zone.offsetAt(moment)) return null;
    const change = this.zone.changeBetween(moment, end);
    const civil = this.pattern.after(change + offset - 1);
    return civil !== null && civil - offset < next ? civil - offset : null;
  }
}
