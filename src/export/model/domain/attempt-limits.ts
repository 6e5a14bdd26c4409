/** After so many attempts an export fails for good. */
export const MAX_ATTEMPTS = 3;

/** How long a worker shows no sign of life before it is given up is configured; it beats this often. */
export const HEARTBEAT_MS = 500;

/** Seconds between an attempt that met a fault and the next: 2, 8. */
export function pauseAfter(attempt: number): number {
  return 2 * 4 ** (attempt - 1);
}
