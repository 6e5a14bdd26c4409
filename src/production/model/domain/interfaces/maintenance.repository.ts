import type { Export } from '../../../../export';

/** The unfinished exports. */
export interface Backlog {
  readonly pending: number;
  readonly processing: number;
  /** Age of the oldest pending export; 0 when none is pending. */
  readonly oldestWaitingSeconds: number;
}

/** The periodic maintenance of the records. Every call is safe in any number of processes at once. */
export abstract class MaintenanceRepository {
  /** Counts unfinished exports by their records, independent of the queue. */
  abstract backlog(): Promise<Backlog>;

  /**
   * Ends attempts whose worker sent no heartbeats within the lease: `failureOfStalled` decides how.
   * @returns those exports, pending again or failed
   */
  abstract requeueStalled(): Promise<Export[]>;

  /**
   * Claims pending exports that should have started. Each is returned to one process, and again after a while.
   * @returns their ids
   */
  abstract claimOverdue(): Promise<string[]>;

  /**
   * Enqueues notifications of exports that a process of an earlier version ended without them.
   * @returns of how many exports
   */
  abstract enqueueMissingNotifications(): Promise<number>;

  /** Those of the keys that `isFileReferenced` says are still needed. */
  abstract findReferenced(keys: readonly string[], settledSince: Date): Promise<ReadonlySet<string>>;

  /** Deletes old idempotency keys. */
  abstract forgetIdempotencyKeys(): Promise<void>;

  /** Deletes the uses of rate limits whose window is over. */
  abstract forgetRateLimitUses(): Promise<void>;
}
