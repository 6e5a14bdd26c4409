/** Knows which files below a prefix of the storage still belong to a record. */
export interface FileReferences {
  /** Such as `thumbnails/`. Only one module stores files below it. */
  readonly prefix: string;

  /**
   * Looks up the records of files and unfinished uploads.
   * @param settledSince records that changed later may still be writing their files, and clean up themselves
   * @returns the keys that a record names or may be writing
   */
  findReferenced(keys: readonly string[], settledSince: Date): Promise<ReadonlySet<string>>;
}
