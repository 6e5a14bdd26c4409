export interface DeletableObject {
  readonly exportId: string;
  /** Of its file; nothing is stored under it if the export consists of several files. */
  readonly key: string;
  /** Whether the export consists of several files: all below its prefix. */
  readonly isDivided: boolean;
}

/** The end of the retention of files. Every call is safe in any number of processes at once. */
export abstract class RetentionRepository {
  /**
   * Expires a batch of completed exports whose retention is over.
   * @returns how many; 0 when none are left
   */
  abstract expireOverdue(): Promise<number>;

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
}
