import { isCustomer, type Principal } from '../../../platform/auth/principal';
import type { Export } from './export';

/** How the client of a download proved its right to it. A principal of `null` is the bearer of a signed link. */
export function credentialTypeOf(principal: Principal | null): 'link' | 'customer' | 'token' {
  if (principal === null) return 'link';
  return isCustomer(principal) ? 'customer' : 'token';
}

/** The value of `downloaded_by`: `link`, `customer:<id>` or `user:<id>`. */
export function toDownloadedBy(principal: Principal | null): string {
  if (principal === null) return 'link';
  return isCustomer(principal) ? `customer:${principal.customerId}` : `user:${principal.userId}`;
}

/** The principal that `downloaded_by` names; `null` for the bearer of a link. */
export function fromDownloadedBy({
  downloadedBy,
  tenantId,
}: Pick<Export, 'downloadedBy' | 'tenantId'>): Principal | null {
  const [, kind, id] = /^(user|customer):(.*)$/s.exec(downloadedBy ?? '') ?? [];
  if (id === undefined) return null;
  return kind === 'user' ? { userId: id, tenantId } : { customerId: id, tenantId };
}

const HEARTBEATS_PER_LEASE = 4;

export function downloadHeartbeatMs(leaseSeconds: number): number {
  return (leaseSeconds * 1000) / HEARTBEATS_PER_LEASE;
}

/**
 * How long to watch for a disconnect before the last byte is sent. A client that stops at the response head, as link
 * previews do, has closed its connection by then on most networks.
 */
export const DISCONNECT_GRACE_MS = 200;

/** Between extending the lease for the last byte and sending it. Far shorter than the extended lease. */
export const MAX_COMMIT_DELAY_MS = 10_000;

/** How long the outcome of a download is written again while the database is down. */
export const PERSIST_RETRY_SECONDS = 30;

/** Send and receive buffers together hold at most this much, and nothing reports how full they are. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** The throughput of a slow mobile connection, or of a client that limits itself. */
const MIN_BYTES_PER_SECOND = 16 * 1024;

/**
 * How long a client may take to confirm after the last byte was sent.
 * @param size of the whole file, in bytes
 * @param ackTimeoutSeconds for a client that has read nearly everything
 */
export function ackDeadlineSeconds(size: number, ackTimeoutSeconds: number): number {
  return ackTimeoutSeconds + Math.ceil(Math.min(size, MAX_BUFFERED_BYTES) / MIN_BYTES_PER_SECOND);
}

/**
 * Reads of an export wait this long while its last byte is being sent, so that a client that has received it does not see
 * the state before.
 */
export const MAX_COMPLETION_WAIT_MS = 1_500;
export const COMPLETION_POLL_MS = 15;
export const MAX_COMPLETION_POLL_MS = 250;

/** `Retry-After` while another client downloads a one-time file. */
export const DOWNLOAD_RETRY_SECONDS = 2;
