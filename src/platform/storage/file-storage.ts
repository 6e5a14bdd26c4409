import type { Readable } from 'node:stream';

export interface StoredFile {
  readonly key: string;
  readonly size: number;
  readonly modifiedAt: Date;
}

/** An upload that has not ended: it is running, or was abandoned. */
export interface UnfinishedUpload {
  readonly key: string;
  /** Distinguishes it from others to the same key. */
  readonly id: string;
  /** The time of its last part, or of its start if the storage does not know that. */
  readonly lastSeenAt: Date;
}

/** Bytes `start` to `end` of a file, both included, counted from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface PutOptions {
  readonly contentType: string;
  /** Aborting it ends the upload and leaves nothing behind. */
  readonly signal?: AbortSignal;
}

export interface LinkOptions {
  readonly fileName: string;
  readonly contentType: string;
  readonly expiresInSeconds: number;
}

/**
 * Stores finished files. Keys are relative, `/`-separated paths of letters, digits, `.`, `_` and `-`, in which no
 * segment begins with a dot and no file is also a folder. A key never contains text of a user. Every
 * method that takes a key or a prefix throws InvalidStorageKeyError for anything else, and every method throws
 * StorageUnavailableError while the storage is unreachable or refuses service.
 */
export abstract class FileStorage {
  /**
   * Stores all of `body` under `key` in bounded memory. The file appears completely or not at all: when the body throws,
   * the signal aborts or the storage fails, the key is unchanged and no part of the upload remains (if the storage
   * is unreachable, `discard` removes the rest later). The body is always released; its chunks
   * must not be changed after they were yielded.
   * @returns the size in bytes
   * @throws the body's error, the signal's reason, or StorageUnavailableError after retries
   */
  abstract put(key: string, body: AsyncIterable<Uint8Array>, options: PutOptions): Promise<number>;

  /** @throws FileNotFoundError */
  abstract stat(key: string): Promise<StoredFile>;

  /**
   * Opens a file, or one range of it, for reading. A range may end beyond the file. Destroying the stream frees
   * its resources. A reader keeps the file that it opened, even if another one is stored under the key meanwhile.
   * @throws FileNotFoundError
   * @throws RangeError when the range begins beyond the file
   */
  abstract open(key: string, range?: ByteRange): Promise<Readable>;

  /**
   * Opens a file, or one range of it, for a reader that needs a chunk only until it takes the next one: then its memory may be used again.
   * The reader must begin to read, and may leave early.
   * @throws FileNotFoundError
   * @throws RangeError when the range begins beyond the file
   */
  openForSending(key: string, range?: ByteRange): Promise<AsyncIterable<Buffer>> {
    return this.open(key, range);
  }

  /** Deletes a file. A missing one is no error. */
  abstract delete(key: string): Promise<void>;

  /**
   * Deletes many files in few requests. Missing ones are no errors. One that cannot be deleted does not affect the
   * others.
   * @returns the errors of those that could not be deleted, by key
   */
  abstract deleteAll(keys: readonly string[]): Promise<ReadonlyMap<string, Error>>;

  /**
   * Removes the remains of a crashed attempt: every file whose key starts with `prefix`, and every unfinished
   * upload to such a key. A running upload then fails. The prefix may not be empty.
   * @returns the number of removed files and uploads
   */
  abstract discard(prefix: string): Promise<number>;

  /** The files whose key starts with `prefix`, in the order of their keys. */
  abstract list(prefix: string): AsyncIterable<StoredFile>;

  /** The unfinished uploads to keys that start with `prefix`, in no particular order. */
  abstract listUploads(prefix: string): AsyncIterable<UnfinishedUpload>;

  /**
   * Removes an abandoned upload. A running one then fails.
   * @returns whether it was still unfinished
   */
  abstract discardUpload(upload: UnfinishedUpload): Promise<boolean>;

  /**
   * A signed URL from which a browser downloads the file directly from the storage; `null` if browsers cannot
   * reach the storage, so that the service must send the bytes.
   */
  abstract link(key: string, options: LinkOptions): Promise<string | null>;

  /** The key of the file in this storage that `url` names; `null` for any other URL. */
  abstract keyOf(url: string): string | null;

  /**
   * Opens a file of this storage by a URL with its own permission, such as a presigned URL. The storage
   * verifies it: the credentials of this service are not used.
   * @param url a URL for which `keyOf` returns a key
   * @throws PermissionMissingError when the URL is unsigned, forged or expired
   * @throws FileNotFoundError
   */
  abstract openPresigned(url: string, signal: AbortSignal): Promise<Readable>;

  /** Checks cheaply, and without leaving files, that the storage works. @throws StorageUnavailableError */
  abstract check(): Promise<void>;
}

export class FileNotFoundError extends Error {
  constructor(readonly key: string) {
    super(`No file is stored under ${key}`);
    this.name = 'FileNotFoundError';
  }
}

/** The URL does not permit to read its file. */
export class PermissionMissingError extends Error {
  override readonly name = 'PermissionMissingError';
}

/** The storage is unreachable, full, or refuses service. The same call may succeed later. */
export class StorageUnavailableError extends Error {
  override readonly name = 'StorageUnavailableError';

  constructor(cause: unknown) {
    super(`The storage is unavailable: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
