import type { Readable } from 'node:stream';

export interface StoredFile {
  readonly key: string;
  readonly size: number;
  readonly modifiedAt: Date;
}

/** An upload that has not come to its end: it is under way, or was left behind. */
export interface UnfinishedUpload {
  readonly key: string;
  /** Tells it from others to the same key. */
  readonly id: string;
  /** When it last grew; where the storage does not know that, when it began. */
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
 * Where finished files live. Keys are relative, `/`-separated paths of letters, digits, `.`, `_` and `-`, in which no
 * segment begins with a dot and none that is a file is a folder too; a key is never made from a user's words. Every
 * method that takes a key or a prefix throws InvalidStorageKeyError for anything else, and every method throws
 * StorageUnavailableError while the storage is away or refuses its service.
 */
export abstract class FileStorage {
  /**
   * Stores all of `body` under `key` in bounded memory. The file appears whole or not at all: when the body throws,
   * the signal aborts or the storage fails, the key stays as it was and no part of the upload remains (where the storage
   * cannot be reached any more, what remains is found by `discard`). The body is released however it ends; its chunks
   * must not be changed after they were handed over.
   * @returns the size in bytes
   * @throws what the body threw, the signal's reason, or StorageUnavailableError after the storage's own retries
   */
  abstract put(key: string, body: AsyncIterable<Uint8Array>, options: PutOptions): Promise<number>;

  /** @throws FileNotFoundError */
  abstract stat(key: string): Promise<StoredFile>;

  /**
   * Opens a file, or one range of it, for reading; a range may end behind the file's end. Destroying the stream frees
   * what it holds. A reader keeps what it opened, whatever is stored under the key meanwhile.
   * @throws FileNotFoundError
   * @throws RangeError when the range begins behind the file's end
   */
  abstract open(key: string, range?: ByteRange): Promise<Readable>;

  /** Deletes a file; one that is not there is no error. */
  abstract delete(key: string): Promise<void>;

  /**
   * Deletes many files in few steps; those that are not there are no errors. One that cannot be deleted does not keep the
   * others.
   * @returns by key, why those that are left could not be deleted
   */
  abstract deleteAll(keys: readonly string[]): Promise<ReadonlyMap<string, Error>>;

  /**
   * Removes what an attempt that died may have left: every file whose key starts with `prefix`, and every unfinished
   * upload to such a key. An upload that is still under way then fails. The prefix may not be empty.
   * @returns how many files and uploads were removed
   */
  abstract discard(prefix: string): Promise<number>;

  /** The files whose key starts with `prefix`, in the order of their keys. */
  abstract list(prefix: string): AsyncIterable<StoredFile>;

  /** The uploads to keys that start with `prefix` that are under way or were left behind, in no certain order. */
  abstract listUploads(prefix: string): AsyncIterable<UnfinishedUpload>;

  /**
   * Removes an upload that was left behind. One that is still under way then fails.
   * @returns whether it was still there, unfinished
   */
  abstract discardUpload(upload: UnfinishedUpload): Promise<boolean>;

  /**
   * A signed address at which the storage itself hands the file out, for a browser without headers; `null` where the
   * storage has no address that the outside can reach, and the service has to carry the bytes.
   */
  abstract link(key: string, options: LinkOptions): Promise<string | null>;

  /** The key of a file that `url` addresses in this very storage, or `null` when it points anywhere else. */
  abstract keyOf(url: string): string | null;

  /**
   * Opens a file of this storage by an address that carries its own permission, such as a presigned URL. The storage
   * verifies it: the rights of this service do not count.
   * @param url an address for which `keyOf` has a key
   * @throws PermissionMissingError when the address permits nothing: it is not signed, forged or expired
   * @throws FileNotFoundError
   */
  abstract openPresigned(url: string, signal: AbortSignal): Promise<Readable>;

  /** Looks whether the storage serves now, cheaply and without a trace. @throws StorageUnavailableError */
  abstract check(): Promise<void>;
}

export class FileNotFoundError extends Error {
  constructor(readonly key: string) {
    super(`No file is stored under ${key}`);
    this.name = 'FileNotFoundError';
  }
}

/** An address does not permit to read what it addresses. */
export class PermissionMissingError extends Error {
  override readonly name = 'PermissionMissingError';
}

/** The storage is away, full, or refuses its service: the same call may succeed when that is over. */
export class StorageUnavailableError extends Error {
  override readonly name = 'StorageUnavailableError';

  constructor(cause: unknown) {
    super(`The storage is unavailable: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
