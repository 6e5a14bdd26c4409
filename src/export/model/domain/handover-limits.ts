/** After so long a handover that nobody renews is over, and the file can be asked for again. */
export const HANDOVER_LEASE_SECONDS = 10;
export const HANDOVER_BEAT_MS = 2_500;

/** How long a reader may take to accept the last bytes. */
export const ACCEPT_WITHIN_MS = 30_000;

/** Long enough to hear of the end, and to write it down after the database was away for a while. */
export const ENDING_LEASE_SECONDS = 60;

/**
 * A reader who leaves on seeing the head of an answer, as link previews do, or is cut off, has left by then, and is heard
 * to have left, over most networks.
 */
export const STAYS_FOR_MS = 200;

/** Who has just taken the last byte need not see the export as it was a moment before: so long they are made to wait. */
export const ENDING_PATIENCE_MS = 1_500;
export const ENDING_POLL_MS = 15;

/** After how many seconds it is worth asking again while somebody else is given the file. */
export const HANDOVER_RETRY_SECONDS = 2;
