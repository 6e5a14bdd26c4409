import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  type ByteRange,
  FileNotFoundError,
  FileStorage,
  PermissionMissingError,
  type PutOptions,
  StorageUnavailableError,
  type StoredFile,
  type UnfinishedUpload,
} from '../../src/platform/storage/file-storage';
import { readUntilAborted, releaseBody } from '../../src/platform/storage/storage-body';
import { assertDiscardablePrefix, assertStorageKey, assertStoragePrefix } from '../../src/platform/storage/storage-key';

interface MemoryFile {
  readonly content: Buffer;
  readonly modifiedAt: Date;
}

/** Keeps files in memory. Tests make it fail where a storage may. */
export class FakeFileStorage extends FileStorage {
  private readonly files = new Map<string, MemoryFile>();
  private readonly uploads = new Map<string, UnfinishedUpload>();
  private readonly faults = new Map<string, Error>();

  /** Makes every call of the method fail until `repair`. */
  fail(
    method: 'put' | 'open' | 'delete' | 'discard',
    error: Error = new StorageUnavailableError(new Error('The storage cannot be reached')),
  ): void {
    this.faults.set(method, error);
  }

  /** Has every attempt to delete the file fail. */
  protect(key: string, error: Error = new Error('The file is locked')): void {
    this.faults.set(`delete ${key}`, error);
  }

  repair(): void {
    this.faults.clear();
  }

  /** The keys of all files, in their order. */
  get keys(): string[] {
    return [...this.files.keys()].sort();
  }

  override async put(key: string, body: AsyncIterable<Uint8Array>, { signal }: PutOptions): Promise<number> {
    assertStorageKey(key);
    const id = randomUUID();
    const chunks: Uint8Array[] = [];
    this.uploads.set(id, { key, id, lastSeenAt: new Date() });
    try {
      for await (const chunk of readUntilAborted(body, signal ?? new AbortController().signal)) chunks.push(chunk);
      signal?.throwIfAborted();
      this.failIfBroken('put');
      if (!this.uploads.has(id)) throw new Error('The upload was discarded');
      const content = Buffer.concat(chunks);
      this.files.set(key, { content, modifiedAt: new Date() });
      return content.length;
    } catch (error) {
      releaseBody(body);
      throw error;
    } finally {
      this.uploads.delete(id);
    }
  }

  override stat(key: string): Promise<StoredFile> {
    return attempt(() => toStoredFile(key, this.file(key)));
  }

  override open(key: string, range?: ByteRange): Promise<Readable> {
    return attempt(() => {
      const { content } = this.file(key);
      this.failIfBroken('open');
      if (range) assertRange(range, content.length);
      return Readable.from(piecesOf(range ? content.subarray(range.start, range.end + 1) : content), {
        objectMode: false,
      });
    });
  }

  override delete(key: string): Promise<void> {
    return attempt(() => {
      assertStorageKey(key);
      this.failIfBroken('delete');
      this.failIfBroken(`delete ${key}`);
      this.files.delete(key);
    });
  }

  override async deleteAll(keys: readonly string[]): Promise<ReadonlyMap<string, Error>> {
    keys.forEach(assertStorageKey);
    const refused = new Map<string, Error>();
    for (const key of keys) await this.delete(key).catch((error: unknown) => refused.set(key, error as Error));
    return refused;
  }

  override discard(prefix: string): Promise<number> {
    return attempt(() => {
      assertDiscardablePrefix(prefix);
      this.failIfBroken('discard');
      const files = [...this.files.keys()].filter((key) => key.startsWith(prefix));
      const uploads = [...this.uploads.values()].filter(({ key }) => key.startsWith(prefix));
      for (const key of files) this.files.delete(key);
      for (const { id } of uploads) this.uploads.delete(id);
      return files.length + uploads.length;
    });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port reads asynchronously
  override async *list(prefix: string): AsyncIterable<StoredFile> {
    assertStoragePrefix(prefix);
    for (const key of this.keys.filter((one) => one.startsWith(prefix))) {
      const found = this.files.get(key);
      if (found) yield toStoredFile(key, found);
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port reads asynchronously
  override async *listUploads(prefix: string): AsyncIterable<UnfinishedUpload> {
    assertStoragePrefix(prefix);
    yield* [...this.uploads.values()].filter(({ key }) => key.startsWith(prefix));
  }

  override discardUpload({ key, id }: UnfinishedUpload): Promise<boolean> {
    return attempt(() => {
      assertStorageKey(key);
      return this.uploads.delete(id);
    });
  }

  /** Memory has no address. */
  override link(key: string): Promise<null> {
    return attempt(() => {
      assertStorageKey(key);
      return null;
    });
  }

  override keyOf(): null {
    return null;
  }

  override openPresigned(): Promise<never> {
    return Promise.reject(new PermissionMissingError('Memory has no address'));
  }

  override check(): Promise<void> {
    return Promise.resolve();
  }

  private file(key: string): MemoryFile {
    assertStorageKey(key);
    const found = this.files.get(key);
    if (!found) throw new FileNotFoundError(key);
    return found;
  }

  private failIfBroken(what: string): void {
    const fault = this.faults.get(what);
    if (fault) throw fault;
  }
}

const PIECE_BYTES = 64 * 1024;

function* piecesOf(content: Buffer): Generator<Buffer> {
  for (let start = 0; start < content.length; start += PIECE_BYTES) yield content.subarray(start, start + PIECE_BYTES);
}

/** What throws is a promise that rejects. */
function attempt<Result>(work: () => Result): Promise<Result> {
  return new Promise((resolve) => {
    resolve(work());
  });
}

function toStoredFile(key: string, { content, modifiedAt }: MemoryFile): StoredFile {
  return { key, size: content.length, modifiedAt };
}

function assertRange({ start, end }: ByteRange, size: number): void {
  if (start < 0 || end < start || start >= size)
    throw new RangeError(`No bytes ${start} to ${end} in a file of ${size}`);
}
