import { randomUUID } from 'node:crypto';
import { access, constants, type FileHandle, lstat, open, readdir, rm, stat, statfs, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { toError } from '../async';
import { DiskReader } from './disk-reader';
import {
  listedOnDisk,
  onDisk,
  makeFolder,
  removeEmptyFolders,
  isMissing,
  walkFiles,
  publishUpload,
  writeUpload,
} from './disk-tree';
import {
  type ByteRange,
  FileNotFoundError,
  FileStorage,
  PermissionMissingError,
  type PutOptions,
  StorageUnavailableError,
  type StoredFile,
  type UnfinishedUpload,
} from './file-storage';
import { readUntilAborted, releaseBody } from './storage-body';
import { assertDiscardablePrefix, assertStorageKey, assertStoragePrefix, storageKeyOfPath } from './storage-key';

export interface DiskStorageSettings {
  /** The folder of all files; created if it is missing. */
  readonly directory: string;
  /** The public URL of the service, which serves the files below `assets/`. */
  readonly publicUrl: string;
}

const UPLOAD_ID = /^[0-9a-f-]{36}$/;

/** Twice the number of Node's file system threads. */
const DELETIONS_AT_ONCE = 8;

/** Files have dozens of megabytes: less free space counts as none. */
const MIN_FREE_BYTES = 1024 * 1024;

/** A file that the health check of earlier versions left behind when it was killed. */
const OLD_CHECK_FILE = /^\.check-[0-9a-f-]{36}$/;

/**
 * Stores files in a folder of this machine. Unfinished uploads are in `.uploads`, named by key and upload id. The folder is
 * created once. If it is missing later, the storage counts as unavailable, and its files do not count as deleted.
 */
export class DiskStorage extends FileStorage {
  private readonly files: string;
  private readonly uploads: string;
  private readonly publicUrl: URL;
  private readonly reader = new DiskReader();
  private creation: Promise<void> | undefined;

  constructor({ directory, publicUrl }: DiskStorageSettings) {
    super();
    this.files = resolve(directory);
    // On the same file system as the files, so that renaming is atomic.
    this.uploads = join(this.files, '.uploads');
    this.publicUrl = new URL(publicUrl);
  }

  async put(key: string, body: AsyncIterable<Uint8Array>, { signal }: PutOptions): Promise<number> {
    assertStorageKey(key);
    // Keys have no tilde, so it separates the key from the upload id.
    const upload = join(this.uploads, `${key}~${randomUUID()}`);
    try {
      await onDisk(() => this.assertPresent());
      const size = await writeUpload(upload, readUntilAborted(body, signal ?? new AbortController().signal));
      signal?.throwIfAborted();
      await onDisk(() => publishUpload(upload, join(this.files, key)));
      return size;
    } catch (error) {
      releaseBody(body);
      // The first error matters. If the storage is unavailable, the orphan collector removes the rest.
      await rm(upload, { force: true }).catch(() => undefined);
      throw error;
    } finally {
      await removeEmptyFolders(this.uploads, dirname(upload)).catch(() => undefined);
    }
  }

  async stat(key: string): Promise<StoredFile> {
    assertStorageKey(key);
    const file = await onDisk(() => this.findFile(key));
    if (file === null) throw new FileNotFoundError(key);
    return file;
  }

  private async findFile(key: string): Promise<StoredFile | null> {
    const found = await this.unlessMissing(stat(join(this.files, key)));
    return found?.isFile() === true ? { key, size: found.size, modifiedAt: found.mtime } : null;
  }

  async open(key: string, range?: ByteRange): Promise<Readable> {
    const { handle } = await this.openFile(key, range);
    return handle.createReadStream(range);
  }

  override async openForSending(key: string, range?: ByteRange): Promise<AsyncIterable<Buffer>> {
    const { handle, size } = await this.openFile(key, range);
    const last = size - 1;
    return this.reader.read(handle, range ? { ...range, end: Math.min(range.end, last) } : { start: 0, end: last });
  }

  private async openFile(
    key: string,
    range?: ByteRange,
  ): Promise<{ readonly handle: FileHandle; readonly size: number }> {
    assertStorageKey(key);
    const handle = await onDisk(() => this.unlessMissing(open(join(this.files, key), 'r')));
    if (handle === null) throw new FileNotFoundError(key);
    try {
      const found = await onDisk(() => handle.stat());
      if (!found.isFile()) throw new FileNotFoundError(key);
      if (range !== undefined) assertRange(range, found.size);
      return { handle, size: found.size };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    assertStorageKey(key);
    await onDisk(() => this.remove(this.files, key));
  }

  async deleteAll(keys: readonly string[]): Promise<ReadonlyMap<string, Error>> {
    keys.forEach(assertStorageKey);
    const refused = new Map<string, Error>();
    const waiting = keys.values();
    const worker = async () => {
      for (const key of waiting) {
        await onDisk(() => this.remove(this.files, key)).catch((error: unknown) => {
          refused.set(key, toError(error));
        });
      }
    };
    await Promise.all(Array.from({ length: DELETIONS_AT_ONCE }, worker));
    return refused;
  }

  async discard(prefix: string): Promise<number> {
    assertDiscardablePrefix(prefix);
    return onDisk(async () => {
      await this.assertPresent();
      let removed = 0;
      // Uploads first: an upload that is published meanwhile is then found among the files.
      for (const root of [this.uploads, this.files]) {
        for await (const path of walkFiles(root, prefix)) {
          const { key } = uploadAt(path);
          if (key.startsWith(prefix) && (await this.remove(root, path))) removed++;
        }
      }
      // What was not found may have gone away with the whole storage.
      await this.assertPresent();
      return removed;
    });
  }

  private async remove(root: string, path: string): Promise<boolean> {
    const file = join(root, path);
    try {
      await unlink(file);
    } catch (error) {
      // A folder has this name. Operating systems report that by different errors.
      if (!isMissing(error) && !(await lstat(file)).isDirectory()) throw error;
      await this.assertPresent();
      return false;
    }
    await removeEmptyFolders(root, dirname(file));
    return true;
  }

  async *list(prefix: string): AsyncIterable<StoredFile> {
    assertStoragePrefix(prefix);
    yield* listedOnDisk(this.listFiles(prefix));
  }

  private async *listFiles(prefix: string): AsyncIterable<StoredFile> {
    await this.assertPresent();
    for await (const key of walkFiles(this.files, prefix)) {
      const file = await this.findFile(key);
      if (file !== null) yield file;
    }
  }

  async *listUploads(prefix: string): AsyncIterable<UnfinishedUpload> {
    assertStoragePrefix(prefix);
    yield* listedOnDisk(this.listUnfinished(prefix));
  }

  private async *listUnfinished(prefix: string): AsyncIterable<UnfinishedUpload> {
    await this.assertPresent();
    for await (const path of walkFiles(this.uploads, prefix)) {
      const upload = uploadAt(path);
      if (!upload.key.startsWith(prefix)) continue;
      const found = await this.unlessMissing(stat(join(this.uploads, path)));
      if (found !== null) yield { ...upload, lastSeenAt: found.mtime };
    }
  }

  async discardUpload({ key, id }: UnfinishedUpload): Promise<boolean> {
    assertStorageKey(key);
    if (!UPLOAD_ID.test(id)) throw new Error(`Not the id of an upload: ${JSON.stringify(id)}`);
    return onDisk(() => this.remove(this.uploads, `${key}~${id}`));
  }

  /** Always `null`: the service itself sends the bytes. */
  // eslint-disable-next-line @typescript-eslint/require-await -- an invalid key rejects, as everywhere
  async link(key: string): Promise<null> {
    assertStorageKey(key);
    return null;
  }

  /** Maps `<publicUrl>/assets/a/b.png` to the key `assets/a/b.png`. */
  keyOf(url: string): string | null {
    const base = this.publicUrl.pathname.replace(/\/*$/, '/');
    const asked = URL.canParse(url) ? new URL(url) : null;
    if (asked?.origin !== this.publicUrl.origin || asked.username !== '' || asked.password !== '') return null;
    if (!asked.pathname.startsWith(`${base}assets/`)) return null;
    return storageKeyOfPath(asked.pathname.slice(base.length));
  }

  /** Always refused: URLs of files on disk are not signed. */
  openPresigned(): Promise<never> {
    return Promise.reject(new PermissionMissingError('URLs of files on disk are not signed'));
  }

  /** Checks that the folder exists, is writable and has free space. */
  async check(): Promise<void> {
    await onDisk(async () => {
      await this.assertPresent();
      const [{ bavail, bsize }] = await Promise.all([
        statfs(this.files),
        access(this.files, constants.R_OK | constants.W_OK | constants.X_OK),
      ]);
      if (bavail * bsize < MIN_FREE_BYTES) throw new StorageUnavailableError(new Error('no space is left'));
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    try {
      const names = await readdir(this.uploads);
      const old = names.filter((name) => OLD_CHECK_FILE.test(name));
      for (const name of old) await rm(join(this.uploads, name), { force: true });
    } catch {
      // There are none, or the storage is unavailable. They are harmless.
    }
  }

  /** @throws unless the folder exists */
  private async assertPresent(): Promise<void> {
    this.creation ??= makeFolder(this.files);
    await this.creation.catch((error: unknown) => {
      this.creation = undefined;
      throw error;
    });
    if (!(await stat(this.files)).isDirectory()) throw new StorageUnavailableError(new Error('its folder is a file'));
  }

  /** @returns `null` if the file is missing, but not the whole storage */
  private async unlessMissing<Found>(work: Promise<Found>): Promise<Found | null> {
    try {
      return await work;
    } catch (error) {
      if (!isMissing(error)) throw error;
      await this.assertPresent();
      return null;
    }
  }
}

function uploadAt(path: string): { readonly key: string; readonly id: string } {
  const [key = '', id = ''] = path.split('~');
  return { key, id };
}

function assertRange({ start, end }: ByteRange, size: number): void {
  if (start < 0 || end < start || start >= size)
    throw new RangeError(`No bytes ${start} to ${end} in a file of ${size}`);
}
