/** How much slower this machine is than the one on which the limits were set: measured before the run, at least 1. */
const timeScale = Number(process.env['TEST_TIME_SCALE'] ?? 1);

/** @param ms a limit of time on the reference machine @returns the limit on this one, in milliseconds */
export function scaled(ms: number): number {
  return Math.ceil(ms * timeScale);
}

/** What is limited does more than what it is compared with. */
const TIMES_USUAL = 20;

/** @returns how long a piece of work takes, in milliseconds */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/**
 * A limit of time for a piece of work that should wait for nothing: longer while the machine is busy with other things.
 * @param ms the limit on the reference machine
 * @param usual how long similar work takes under the present load: see `timeOf`
 */
export function scaledBeside(ms: number, usual: number): number {
  return Math.max(scaled(ms), TIMES_USUAL * usual);
}
