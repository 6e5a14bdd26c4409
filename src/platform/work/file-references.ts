/** Whoever stores files below a prefix of the storage, and knows which of them are still wanted. */
export interface FileReferences {
  /** Such as `thumbnails/`. Nobody else stores anything below it. */
  readonly prefix: string;

  /**
   * Asks the records about files and unfinished uploads that were seen just now.
   * @param settledSince whose record was changed after this, may be at work on his files, and clear up after himself
   * @returns those of the keys that a record names, or that somebody is known to be writing
   */
  findReferenced(keys: readonly string[], settledSince: Date): Promise<ReadonlySet<string>>;
}
