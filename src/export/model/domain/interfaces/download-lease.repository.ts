import type { Principal } from '../../../../platform/auth/principal';

/** The exclusive right of one process to send a one-time file to one client. Heartbeats keep it alive. */
export interface DownloadLease {
  readonly exportId: string;
  /** The fencing token of every change. */
  readonly token: string;
  /** Who downloads; `null` for the bearer of a link. */
  readonly by: Principal | null;
}

/** Marks that the last byte of a file is being sent. */
export interface CompletionMarker {
  /**
   * Hands the statement to the connection before it returns, and does not wait for its result. Once marked, a download
   * counts as complete when its lease ends without another word: the byte may have reached the client, whatever happened
   * to the process. While the process lives a failed mark is harmless.
   */
  mark(): void;
  /** Returns the connection. Always call it. */
  close(): void;
}

/**
 * Who downloads which one-time file. Each call is one conditional statement by the database's clock, so of any number of
 * processes one has the lease. With a lost lease a call returns false and changes nothing.
 */
export abstract class DownloadLeaseRepository {
  /** @returns `null` while another download has the lease, and when there is no file to download */
  abstract claim(exportId: string, by: Principal | null): Promise<DownloadLease | null>;

  /** Renews the lease. */
  abstract beat(lease: DownloadLease): Promise<boolean>;

  /**
   * Extends the lease over the time in which the last byte is sent and confirmed.
   * @returns `null` when the lease was lost
   */
  abstract prepareCompletion(lease: DownloadLease, leaseSeconds: number): Promise<CompletionMarker | null>;

  /** Ends the export: its file was downloaded. */
  abstract complete(lease: DownloadLease): Promise<boolean>;

  /**
   * Makes the file available again.
   * @param bytesSent for the audit log
   */
  abstract release(lease: DownloadLease, bytesSent: number): Promise<boolean>;

  /**
   * Counts downloads as complete whose process died after it had sent the last byte.
   * @returns how many
   */
  abstract finalizeInterrupted(): Promise<number>;
}
