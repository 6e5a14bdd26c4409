import type { Export } from '../export';

export interface DeletableObject {
  readonly exportId: string;
  readonly key: string;
}

/** The exports that are not finished. */
export interface Backlog {
  readonly pending: number;
  readonly processing: number;
  /** Age of the oldest pending export; 0 when none is pending. */
  readonly oldestWaitingSeconds: number;
}

/** What the sweep asks of the records. Each call is safe in any number of processes at once. */
export abstract class MaintenanceRepository {
  /** Counts unfinished exports by their records, independent of the queue. */
  abstract backlog(): Promise<Backlog>;

  /**
   * Takes their exports from workers that have been silent for longer than the lease.
   * @returns those exports: pending again, or failed when it was their last attempt, or the second one that a drawing lost
   */
  abstract requeueStalled(): Promise<Export[]>;

  /**
   * The pending exports that should have begun by now. Each is given out once in a while, not to every process.
   * @returns their ids, the oldest first
   */
  abstract claimOverdue(): Promise<string[]>;

  /** Makes pending exports overdue at once, because they could not be added to the queue. */
  abstract makeDue(exportIds: readonly string[]): Promise<void>;

  /**
   * Has told what is to be told of exports that a process of an earlier version ended, which knows nothing of that.
   * @returns of how many exports
   */
  abstract enqueueMissingNotifications(): Promise<number>;

  /**
   * Expires some of the completed exports whose time is over.
   * @returns how many; none where there are no more
   */
  abstract expireOverdue(): Promise<number>;

  /**
   * Ends the exports whose one-time file was all but accepted when its process ended.
   * @returns how many
   */
  abstract finalizeInterruptedDownloads(): Promise<number>;

  /**
   * Some of the objects of expired exports that are still in storage, as far as the records know.
   * @param after the export behind which they come; `null` for the first
   */
  abstract findDeletable(after: string | null): Promise<DeletableObject[]>;

  /**
   * Notes that the objects are gone from storage.
   * @returns of how many that was not known yet
   */
  abstract clearStorageKeys(...objects: readonly DeletableObject[]): Promise<number>;

  /**
   * Those of the keys that an export names as its file, that its running attempt writes, or whose export was changed after
   * `settledSince`.
   */
  abstract findReferenced(keys: readonly string[], settledSince: Date): Promise<ReadonlySet<string>>;

  /** Forgets idempotency keys that are older than any sensible repeat. */
  abstract forgetIdempotencyKeys(): Promise<void>;

  /** Forgets accounts that have used nothing of a rate limit for as long as its window. */
  abstract forgetRateLimitUses(): Promise<void>;
}
