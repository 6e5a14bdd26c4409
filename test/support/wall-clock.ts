const MINUTE = 60_000;

/** What the clocks of a place show at a moment: `2026-11-25T12:34`. */
export function wallClockOf(timeZone: string): (moment: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return (moment) => format.format(moment).replace(' ', 'T');
}

/** One step of a walk through time. */
export interface WallClockStep {
  readonly moment: number;
  /** What the clock shows now. */
  readonly shown: string;
  /** The times that it came to with this step: one, or all that it jumped over as well. A clock that is put back comes to none. */
  readonly passed: readonly string[];
}

/**
 * Walks from `begin` on and before `end`, looking at the clock at each step, in the belief that whatever happens, changes
 * of the clock included, happens at a multiple of `step`. Times that were shown before are not come to again.
 */
export function* walk(timeZone: string, begin: number, end: number, step: number): Generator<WallClockStep> {
  const shownAt = wallClockOf(timeZone);
  let furthest = minutesOf(shownAt(begin - step));
  for (let moment = begin; moment < end; moment += step) {
    const shown = shownAt(moment);
    const passed: string[] = [];
    for (let time = furthest + step / MINUTE; time <= minutesOf(shown); time += step / MINUTE) {
      passed.push(new Date(time * MINUTE).toISOString().slice(0, 16));
    }
    furthest = Math.max(furthest, minutesOf(shown));
    yield { moment, shown, passed };
  }
}

/** A schedule, and whether one of its slots is at a step of a walk. */
export interface Plan {
  readonly name: string;
  readonly recurrence: { readonly frequency: string; readonly at?: string; readonly weekday?: string };
  readonly isSlot: (step: WallClockStep) => boolean;
}

const isSunday = (shown: string) => new Date(`${shown}Z`).getUTCDay() === 0;
const at =
  (time: string) =>
  ({ passed }: WallClockStep) =>
    passed.some((shown) => shown.endsWith(`T${time}`));
/** What recurs every so many minutes or hours comes again where the clock was put back. */
const whenever =
  (isTime: (shown: string) => boolean) =>
  ({ shown, passed }: WallClockStep) =>
    [shown, ...passed].some(isTime);

/** Schedules of each kind that clock changes affect. Their slots are at multiples of 20 minutes. */
export const PLANS: readonly Plan[] = [
  { name: 'hourly', recurrence: { frequency: 'hourly' }, isSlot: whenever((shown) => shown.endsWith(':00')) },
  {
    name: 'often',
    recurrence: { frequency: '*/20 * * * sun' },
    isSlot: whenever((shown) => /:[024]0$/.test(shown) && isSunday(shown)),
  },
  { name: 'at 01:20', recurrence: { frequency: 'daily', at: '01:20' }, isSlot: at('01:20') },
  { name: 'at 02:20', recurrence: { frequency: 'daily', at: '02:20' }, isSlot: at('02:20') },
  { name: 'at 03:20', recurrence: { frequency: '20 3 * * *' }, isSlot: at('03:20') },
  {
    name: 'sundays',
    recurrence: { frequency: 'weekly', weekday: 'sunday', at: '02:40' },
    isSlot: ({ passed }) => passed.some((shown) => shown.endsWith('T02:40') && isSunday(shown)),
  },
];

function minutesOf(shown: string): number {
  return Date.parse(`${shown}Z`) / MINUTE;
}
