/** After so long a handover that nobody renews is over, and the file can be asked for again. */
export const HANDOVER_LEASE_SECONDS = 10;
export const HANDOVER_BEAT_MS = 2_500;

/** How long a reader who has read nearly everything may take to accept the rest. */
const ACCEPT_WITHIN_SECONDS = 30;

/** So much of what was sent may still lie in the buffers of the two systems, and nothing tells how much does. */
const BUFFERED_AT_MOST = 4 * 1024 * 1024;
/** A slow telephone, or a client that holds itself back. */
const SLOW_BYTES_PER_SECOND = 16 * 1024;

/** From asking for the lease in which the last byte goes out to its going out: much less than any such lease. */
export const LONGEST_PREPARATION_MS = 10_000;

/** Long enough to write the end down after the database was away for a while. */
export const NOTE_WITHIN_SECONDS = 30;

/**
 * How long a reader may take to accept what is on its way when the last byte has gone out.
 * @param size of the whole file
 */
export function acceptWithinSeconds(size: number): number {
  return ACCEPT_WITHIN_SECONDS + Math.ceil(Math.min(size, BUFFERED_AT_MOST) / SLOW_BYTES_PER_SECOND);
}

/**
 * A reader who leaves on seeing the head of an answer, as link previews do, or is cut off, has left by then, and is heard
 * to have left, over most networks.
 */
export const STAYS_FOR_MS = 200;

/** Who has just taken the last byte need not see the export as it was a moment before: so long they are made to wait. */
export const ENDING_PATIENCE_MS = 1_500;
export const ENDING_POLL_MS = 15;
export const ENDING_LONGEST_POLL_MS = 250;

/** After how many seconds it is worth asking again while somebody else is given the file. */
export const HANDOVER_RETRY_SECONDS = 2;
