import type { Export } from '../export';

/** The unfinished exports. */
export interface Backlog {
  readonly pending: number;
  readonly processing: number;
  /** Age of the oldest pending export; 0 when none is pending. */
  readonly oldestWaitingSeconds: number;
}

export interface DeletableObject {
  readonly exportId: string;
  /** Of its file; nothing is stored under it if the export consists of several files. */
  readonly key: string;
  /** Whether the export consists of several files: all below its prefix. */
  readonly isDivided: boolean;
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

  /** Makes pending exports overdue now, because they could not be added to the queue. */
  abstract makeDue(exportIds: readonly string[]): Promise<void>;

  /**
   * Enqueues notifications of exports that a process of an earlier version ended without them.
   * @returns of how many exports
   */
  abstract enqueueMissingNotifications(): Promise<number>;

  /**
   * Expires a batch of completed exports whose retention is over.
   * @returns how many; 0 when none are left
   */
  abstract expireOverdue(): Promise<number>;

  /**
   * Counts downloads of one-time files as complete whose process died after it had sent the last byte.
   * @returns how many
   */
  abstract finalizeInterruptedDownloads(): Promise<number>;

  /**
   * A batch of objects of expired exports that are still in storage according to the records.
   * @param after the export after which the batch starts; `null` for the first batch
   */
  abstract findDeletable(after: string | null): Promise<DeletableObject[]>;

  /**
   * Records that the objects are deleted from storage.
   * @returns of how many that was new
   */
  abstract clearStorageKeys(...objects: readonly Pick<DeletableObject, 'exportId' | 'key'>[]): Promise<number>;

  /** Those of the keys that `isFileReferenced` says are still needed. */
  abstract findReferenced(keys: readonly string[], settledSince: Date): Promise<ReadonlySet<string>>;

  /** Deletes old idempotency keys. */
  abstract forgetIdempotencyKeys(): Promise<void>;

  /** Deletes the uses of rate limits whose window is over. */
  abstract forgetRateLimitUses(): Promise<void>;
}
