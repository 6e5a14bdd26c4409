import type { Export } from '../export';

export interface DeletableObject {
  readonly exportId: string;
  readonly key: string;
}

/** What the sweep asks of the records. Each call is safe in any number of processes at once. */
export abstract class UpkeepRepository {
  /**
   * Takes their exports from workers that have been silent for longer than the lease.
   * @returns those exports: pending again, or failed when it was their last attempt
   */
  abstract reclaimSilent(): Promise<Export[]>;

  /**
   * The pending exports that should have begun by now. Each is given out once in a while, not to every process.
   * @returns their ids, the oldest first
   */
  abstract takeOverdue(): Promise<string[]>;

  /**
   * Expires the completed exports whose time is over.
   * @returns how many
   */
  abstract expireOverdue(): Promise<number>;

  /**
   * Ends the exports whose one-time file was all but accepted when its process ended.
   * @returns how many
   */
  abstract concludeHandovers(): Promise<number>;

  /** The objects of expired exports that are still in storage, as far as the records know. */
  abstract findDeletable(): Promise<DeletableObject[]>;

  /** Notes that the object is gone from storage. */
  abstract forgetObject(object: DeletableObject): Promise<void>;

  /** Forgets idempotency keys that are older than any sensible repeat. */
  abstract forgetIdempotencyKeys(): Promise<void>;
}
