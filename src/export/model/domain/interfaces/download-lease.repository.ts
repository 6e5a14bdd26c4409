import type { Principal } from '../../../../platform/auth/principal';

/** One process's right to give a one-time file to one reader, for as long as its lease is renewed. */
export interface DownloadLease {
  readonly exportId: string;
  readonly token: string;
  /** Who takes the file; `null` for the bearer of a link. */
  readonly by: Principal | null;
}

/** The end of a lease, about to be marked. */
export interface CompletionMarker {
  /**
   * Sends word, before it returns, that the last byte goes out, and does not wait until that has come. A marked lease
   * that is heard of no more counts as complete when its lease is over: the byte is the network's by then, whatever
   * becomes of the process. What goes wrong with the mark is no matter while the process lives.
   */
  mark(): void;
  /** To be called in any case. */
  close(): void;
}

/**
 * Who is given which one-time file. Each call is one conditional statement, by the database's clock: of any number of
 * processes one has the lease. Whatever takes a lease answers false, and changes nothing, once it was lost.
 */
export abstract class DownloadLeaseRepository {
  /** @returns `null` while somebody else has it, and when there is no file (any more) */
  abstract claim(exportId: string, by: Principal | null): Promise<DownloadLease | null>;

  /** Renews the lease. */
  abstract beat(lease: DownloadLease): Promise<boolean>;

  /**
   * Sees to it that nobody else is given the file for so long, in which the last byte may go out.
   * @returns `null` when somebody else has the lease
   */
  abstract prepareCompletion(lease: DownloadLease, leaseSeconds: number): Promise<CompletionMarker | null>;

  /** Ends the export: its file was given out, once and for all. */
  abstract complete(lease: DownloadLease): Promise<boolean>;

  /**
   * Lets the file be asked for again.
   * @param sent how many bytes had gone out, for the audit log
   */
  abstract release(lease: DownloadLease, sent: number): Promise<boolean>;
}
