import { randomUUID } from 'node:crypto';
import { type FileHandle, lstat, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import {
  inFolder,
  makeFolder,
  makePassingFolder,
  removeEmptyFolders,
  saysMissing,
  syncFolder,
  walkFiles,
} from './disk-tree';
import {
  type ByteRange,
  FileNotFoundError,
  FileStorage,
  type PutOptions,
  type StoredFile,
  type UnfinishedUpload,
} from './file-storage';
import { readUntilAborted, releaseBody } from './storage-body';
import { assertDiscardablePrefix, assertStorageKey, assertStoragePrefix, storageKeyOfPath } from './storage-key';

export interface DiskStorageSettings {
  /** The folder that holds everything; made when absent. */
  readonly directory: string;
  /** Where browsers reach the service: it hands out the storage's `assets/` below it. */
  readonly publicUrl: string;
}

const UPLOAD_ID = /^[0-9a-f-]{36}$/;

/** As many as Node's threads for files do at once, and as many again that wait. */
const DELETIONS_AT_ONCE = 8;

/** Keeps files in a folder of this machine. Unfinished ones lie in `.uploads`, under their key and a name of their own. */
export class DiskStorage extends FileStorage {
  private readonly files: string;
  private readonly uploads: string;
  private readonly publicUrl: URL;

  constructor({ directory, publicUrl }: DiskStorageSettings) {
    super();
    this.files = resolve(directory);
    // On the same file system as the files, or the renaming would not be atomic.
    this.uploads = join(this.files, '.uploads');
    this.publicUrl = new URL(publicUrl);
  }

  async put(key: string, body: AsyncIterable<Uint8Array>, { signal }: PutOptions): Promise<number> {
    assertStorageKey(key);
    // A tilde is in no key, so the key can be told from the rest of the name.
    const upload = join(this.uploads, `${key}~${randomUUID()}`);
    try {
      const size = await write(upload, readUntilAborted(body, signal ?? new AbortController().signal));
      signal?.throwIfAborted();
      await this.publish(upload, join(this.files, key));
      return size;
    } catch (error) {
      releaseBody(body);
      await rm(upload, { force: true });
      throw error;
    } finally {
      await removeEmptyFolders(this.uploads, dirname(upload));
    }
  }

  private async publish(upload: string, file: string): Promise<void> {
    const folder = dirname(file);
    await inFolder(folder, makeFolder, async () => {
      await rename(upload, file);
    });
    await syncFolder(folder);
  }

  async stat(key: string): Promise<StoredFile> {
    assertStorageKey(key);
    const file = await this.look(key);
    if (file === null) throw new FileNotFoundError(key);
    return file;
  }

  private async look(key: string): Promise<StoredFile | null> {
    try {
      const found = await stat(join(this.files, key));
      return found.isFile() ? { key, size: found.size, modifiedAt: found.mtime } : null;
    } catch (error) {
      if (saysMissing(error)) return null;
      throw error;
    }
  }

  async open(key: string, range?: ByteRange): Promise<Readable> {
    assertStorageKey(key);
    const handle = await this.openFile(key);
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw new FileNotFoundError(key);
      if (range !== undefined) assertRange(range, found.size);
      return handle.createReadStream(range);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  private async openFile(key: string): Promise<FileHandle> {
    try {
      return await open(join(this.files, key), 'r');
    } catch (error) {
      throw saysMissing(error) ? new FileNotFoundError(key) : error;
    }
  }

  async delete(key: string): Promise<void> {
    assertStorageKey(key);
    await this.remove(this.files, key);
  }

  async deleteAll(keys: readonly string[]): Promise<ReadonlyMap<string, Error>> {
    keys.forEach(assertStorageKey);
    const refused = new Map<string, Error>();
    const waiting = keys.values();
    const lane = async () => {
      for (const key of waiting) {
        await this.remove(this.files, key).catch((error: unknown) => {
          refused.set(key, error instanceof Error ? error : new Error(String(error)));
        });
      }
    };
    await Promise.all(Array.from({ length: DELETIONS_AT_ONCE }, lane));
    return refused;
  }

  async discard(prefix: string): Promise<number> {
    assertDiscardablePrefix(prefix);
    let removed = 0;
    // Uploads first: one that is published meanwhile is then found among the files.
    for (const root of [this.uploads, this.files]) {
      for await (const path of walkFiles(root, prefix)) {
        const { key } = uploadAt(path);
        if (key.startsWith(prefix) && (await this.remove(root, path))) removed++;
      }
    }
    return removed;
  }

  private async remove(root: string, path: string): Promise<boolean> {
    const file = join(root, path);
    try {
      await unlink(file);
    } catch (error) {
      // A folder bears the name: no file does. Systems call that by different errors.
      if (saysMissing(error) || (await lstat(file)).isDirectory()) return false;
      throw error;
    }
    await removeEmptyFolders(root, dirname(file));
    return true;
  }

  async *list(prefix: string): AsyncIterable<StoredFile> {
    assertStoragePrefix(prefix);
    for await (const key of walkFiles(this.files, prefix)) {
      const file = await this.look(key);
      if (file !== null) yield file;
    }
  }

  async *listUploads(prefix: string): AsyncIterable<UnfinishedUpload> {
    assertStoragePrefix(prefix);
    for await (const path of walkFiles(this.uploads, prefix)) {
      const upload = uploadAt(path);
      const lastSeenAt = upload.key.startsWith(prefix) ? await modificationOf(join(this.uploads, path)) : null;
      if (lastSeenAt !== null) yield { ...upload, lastSeenAt };
    }
  }

  async discardUpload({ key, id }: UnfinishedUpload): Promise<boolean> {
    assertStorageKey(key);
    if (!UPLOAD_ID.test(id)) throw new Error(`Not the id of an upload: ${JSON.stringify(id)}`);
    return this.remove(this.uploads, `${key}~${id}`);
  }

  /** Always `null`: the service itself carries the bytes. */
  // eslint-disable-next-line @typescript-eslint/require-await -- a bad key rejects, as everywhere
  async link(key: string): Promise<null> {
    assertStorageKey(key);
    return null;
  }

  /** Takes `<publicUrl>/assets/a/b.png` for the key `assets/a/b.png`. */
  keyOf(url: string): string | null {
    const base = this.publicUrl.pathname.replace(/\/*$/, '/');
    const asked = URL.canParse(url) ? new URL(url) : null;
    if (asked?.origin !== this.publicUrl.origin || asked.username !== '' || asked.password !== '') return null;
    if (!asked.pathname.startsWith(`${base}assets/`)) return null;
    return storageKeyOfPath(asked.pathname.slice(base.length));
  }

  /** Writes a small file, and removes it. */
  async check(): Promise<void> {
    const probe = join(this.uploads, `.check-${randomUUID()}`);
    try {
      await write(probe, [Buffer.from('check')]);
    } finally {
      await rm(probe, { force: true });
    }
  }
}

function uploadAt(path: string): { readonly key: string; readonly id: string } {
  const [key = '', id = ''] = path.split('~');
  return { key, id };
}

async function modificationOf(file: string): Promise<Date | null> {
  try {
    return (await stat(file)).mtime;
  } catch (error) {
    if (saysMissing(error)) return null;
    throw error;
  }
}

async function write(path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await inFolder(dirname(path), makePassingFolder, () => open(path, 'wx'));
  try {
    let size = 0;
    for await (const chunk of chunks) {
      for (let written = 0; written < chunk.byteLength;) {
        written += (await handle.write(chunk, written)).bytesWritten;
      }
      size += chunk.byteLength;
    }
    await handle.sync();
    return size;
  } finally {
    await handle.close();
  }
}

function assertRange({ start, end }: ByteRange, size: number): void {
  if (start < 0 || end < start || start >= size)
    throw new RangeError(`No bytes ${start} to ${end} in a file of ${size}`);
}
