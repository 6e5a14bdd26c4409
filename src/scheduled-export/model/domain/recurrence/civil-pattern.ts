import type { CivilTime } from '../../../../platform/time/time-zone';

/** The slots of a schedule on a wall clock, regardless of time zones and clock changes. */
export interface CivilPattern {
  /** The first slot after a civil time; `null` when there is none. */
  after(civil: CivilTime): CivilTime | null;
}

export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** 1970 began on a Thursday. */
const THURSDAY = 4;

export function everyHour({ minute }: TimeOfDay): CivilPattern {
  return every(HOUR, minute * MINUTE);
}

export function everyDay(at: TimeOfDay): CivilPattern {
  return every(DAY, sinceMidnight(at));
}

/** @param weekday 0 for Sunday */
export function everyWeek(at: TimeOfDay, weekday: number): CivilPattern {
  return every(WEEK, ((weekday - THURSDAY + 7) % 7) * DAY + sinceMidnight(at));
}

/** @param day from 1 to 31; the last day of shorter months */
export function everyMonth(at: TimeOfDay, day: number): CivilPattern {
  const inMonth = (year: number, month: number) => {
    const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
    return Date.UTC(year, month, Math.min(day, lastDay)) + sinceMidnight(at);
  };
  return {
    after(civil) {
      const date = new Date(civil);
      const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
      const thisMonth = inMonth(year, month);
      return thisMonth > civil ? thisMonth : inMonth(year, month + 1);
    },
  };
}

function every(period: number, phase: number): CivilPattern {
  return { after: (civil) => Math.floor((civil - phase) / period + 1) * period + phase };
}

function sinceMidnight({ hour, minute }: TimeOfDay): number {
  return hour * HOUR + minute * MINUTE;
}
