/** A stored file of a part. */
export interface StoredPartFile {
  readonly key: string;
  /** Without a dot. */
  readonly extension: string;
  readonly contentType: string;
  readonly rows: number;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** As in `FileDigest`. */
  readonly blocks: readonly string[];
  readonly crc32: number;
}

/** A file of a completed export of several. */
export interface PartFile extends Omit<StoredPartFile, 'extension'> {
  /** With its folder. */
  readonly name: string;
}
