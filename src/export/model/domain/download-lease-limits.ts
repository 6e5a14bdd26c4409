/** The lease is renewed four times before it would run out. */
const HEARTBEATS_PER_LEASE = 4;

export function heartbeatMs(leaseSeconds: number): number {
  return (leaseSeconds * 1000) / HEARTBEATS_PER_LEASE;
}

/** So much of what was sent may still lie in the buffers of the two systems, and nothing tells how much does. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** A slow telephone, or a client that holds itself back. */
const MIN_BYTES_PER_SECOND = 16 * 1024;

/** From asking for the lease in which the last byte goes out to its going out: much less than any such lease. */
export const MAX_COMMIT_DELAY_MS = 10_000;

/** Long enough to write the end down after the database was away for a while. */
export const PERSIST_RETRY_SECONDS = 30;

/**
 * How long a reader may take to accept what is on its way when the last byte has gone out.
 * @param size of the whole file
 * @param ackTimeoutSeconds for a reader who has read nearly everything
 */
export function ackDeadlineSeconds(size: number, ackTimeoutSeconds: number): number {
  return ackTimeoutSeconds + Math.ceil(Math.min(size, MAX_BUFFERED_BYTES) / MIN_BYTES_PER_SECOND);
}

/**
 * A reader who leaves on seeing the head of an answer, as link previews do, or is cut off, has left by then, and is heard
 * to have left, over most networks.
 */
export const DISCONNECT_GRACE_MS = 200;

/** Who has just taken the last byte need not see the export as it was a moment before: so long they are made to wait. */
export const MAX_COMPLETION_WAIT_MS = 1_500;
export const COMPLETION_POLL_MS = 15;
export const MAX_COMPLETION_POLL_MS = 250;

/** After how many seconds it is worth asking again while somebody else is given the file. */
export const DOWNLOAD_RETRY_SECONDS = 2;
