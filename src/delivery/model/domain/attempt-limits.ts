/** How often an attempt renews its lease. */
export const HEARTBEAT_MS = 1_000;

/** Seconds between attempts: short at first, a day in total. */
const RETRY_DELAYS = [5, 30, 120, 600, 1800, 3600, 7200, 18_000, 18_000, 36_000];

/** A delivery fails permanently after so many attempts. */
export const MAX_ATTEMPTS = RETRY_DELAYS.length + 1;

const JITTER = 0.1;

/**
 * Seconds to wait after an attempt. A tenth of jitter either way keeps deliveries that failed together from being retried
 * together.
 * @param chance from 0 to 1
 * @returns `null` when there is no further attempt
 */
export function retryDelayAfter(attempt: number, chance: number = Math.random()): number | null {
  const delay = RETRY_DELAYS[attempt - 1];
  return delay === undefined ? null : delay * (1 - JITTER + 2 * JITTER * chance);
}
