import type { ChannelName } from '../../../platform/outbox/planned-delivery';

/** How many deliveries of a channel a process works on at once: long copies do not hold up short messages. */
export const SLOTS: Readonly<Record<ChannelName, number>> = { email: 8, webhook: 8, s3: 2 };

/** How many slow deliveries a process works on beside those in its slots. Each copy takes 15 MB of memory. */
export const SLOW_SLOTS: Readonly<Record<ChannelName, number>> = { email: 0, webhook: 0, s3: 6 };

/** How many copies (s3) of one account are under way at once, in all processes. */
export const MAX_COPIES_PER_ACCOUNT = 2;

/** How long an attempt may take; a copy may go on for as long as its channel sees it get on. */
export const ATTEMPT_MS: Readonly<Record<ChannelName, number | null>> = { email: 30_000, webhook: 30_000, s3: null };

/** How often a delivery that is at work says so. */
export const HEARTBEAT_MS = 1_000;

/** Seconds between one attempt and the next: soon at first, a day in all. */
const RETRY_DELAYS = [5, 30, 120, 600, 1800, 3600, 7200, 18_000, 18_000, 36_000];

/** After so many attempts a delivery fails for good. */
export const MAX_ATTEMPTS = RETRY_DELAYS.length + 1;

const JITTER = 0.1;

/**
 * Seconds to wait after an attempt, spread by a tenth to either side so that what failed together does not come back together.
 * @param chance from 0 to 1
 * @returns `null` when there is no further attempt
 */
export function retryDelayAfter(attempt: number, chance: number = Math.random()): number | null {
  const pause = RETRY_DELAYS[attempt - 1];
  return pause === undefined ? null : pause * (1 - JITTER + 2 * JITTER * chance);
}
