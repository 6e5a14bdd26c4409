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

function minutesOf(shown: string): number {
  return Date.parse(`${shown}Z`) / MINUTE;
}
