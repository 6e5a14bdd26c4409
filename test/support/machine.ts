/** How much slower this machine is than the one on which the limits were set: measured before the run, at least 1. */
const timeScale = Number(process.env['TEST_TIME_SCALE'] ?? 1);

/** @param ms a limit of time on the reference machine @returns the limit on this one, in milliseconds */
export function scaled(ms: number): number {
  return Math.ceil(ms * timeScale);
}
