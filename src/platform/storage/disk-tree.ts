import { mkdir, open, readdir, rmdir, type FileHandle, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StorageUnavailableError } from './file-storage';

/** How many bytes are written at once, unless one chunk has more. */
const BATCH_BYTES = 1024 * 1024;

/** @throws StorageUnavailableError instead of errors of the operating system */
export async function onDisk<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isSystemError(error) ? new StorageUnavailableError(error) : error;
  }
}

/** Yields the entries of a list. @throws StorageUnavailableError instead of errors of the operating system */
export async function* listedOnDisk<Entry>(entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  try {
    yield* entries;
  } catch (error) {
    throw isSystemError(error) ? new StorageUnavailableError(error) : error;
  }
}

/** Whether the operating system reported the error, and not the source of the bytes. */
function isSystemError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && 'syscall' in error;
}

/** Whether a file, or a folder in its path, is missing. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'ENOTDIR');
}

/**
 * Yields the files below `root` whose relative paths start with `prefix`, sorted by path, without hidden names. Only the
 * names of one folder at each level are in memory.
 */
export async function* walkFiles(
  root: string,
  prefix: string,
  folder = prefix.slice(0, prefix.lastIndexOf('/') + 1),
): AsyncGenerator<string> {
  for (const path of await pathsIn(root, folder)) {
    if (path.endsWith('/')) {
      if (path.startsWith(prefix) || prefix.startsWith(path)) yield* walkFiles(root, prefix, path);
    } else if (path.startsWith(prefix)) {
      yield path;
    }
  }
}

async function pathsIn(root: string, folder: string): Promise<string[]> {
  try {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    return (
      entries
        .filter((entry) => !entry.name.startsWith('.') && (entry.isFile() || entry.isDirectory()))
        // With its slash a folder sorts like the paths of its files: after `a-b`, before `a0`.
        .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
        .sort()
    );
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Creates `folder` and its parents, and syncs them to disk. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let parent = dirname(folder); parent.length >= dirname(first).length; parent = dirname(parent)) {
    await syncFolder(parent);
    if (parent === dirname(parent)) break;
  }
}

/** Syncs the names in `folder` to disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes `folder` and its parents below `root` as long as they are empty. */
export async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  for (let empty = folder; empty.length > root.length; empty = dirname(empty)) {
    try {
      await rmdir(empty);
    } catch (error) {
      if (hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) return;
      if (!isMissing(error)) throw error;
    }
  }
}

/**
 * Creates a folder and uses it, and retries if another process removes the empty folder in between.
 * @throws what `act` throws
 */
export async function inFolder<T>(folder: string, make: typeof makeFolder, act: () => Promise<T>): Promise<T> {
  for (let left = 100; ; left--) {
    try {
      await make(folder);
      return await act();
    } catch (error) {
      // Node reports ENOTDIR when a parent vanishes while the folder is created.
      if (left === 0 || !isMissing(error)) throw error;
    }
  }
}

/** Creates `folder` and its parents without syncing them. */
async function makeTemporaryFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}

/**
 * Writes a new file and syncs it to disk. While bytes are written, the next ones are read.
 * @param chunks must not change after they were read
 * @returns its size in bytes
 * @throws StorageUnavailableError | what the body throws
 */
export async function writeUpload(path: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await onDisk(() => inFolder(dirname(path), makeTemporaryFolder, () => open(path, 'wx')));
  const writer = new BatchWriter(handle);
  try {
    // Errors of the body are not faults of the disk.
    for await (const chunk of chunks) await writer.write(chunk);
    return await writer.finish();
  } finally {
    await writer.settled();
    await handle.close();
  }
}

/** Writes chunks together: each write is a trip to another thread and back, which costs more than what it writes. */
class BatchWriter {
  private size = 0;
  private batch: Uint8Array[] = [];
  private batchBytes = 0;
  private writing = Promise.resolve();

  constructor(private readonly handle: FileHandle) {}

  /** Waits for the batch before, if this chunk completes one. */
  async write(chunk: Uint8Array): Promise<void> {
    this.batch.push(chunk);
    this.batchBytes += chunk.byteLength;
    this.size += chunk.byteLength;
    if (this.batchBytes >= BATCH_BYTES) await this.writeBatch();
  }

  /** @returns the size of the file, which is on the disk then */
  async finish(): Promise<number> {
    await this.writeBatch();
    await this.writing;
    await onDisk(() => this.handle.sync());
    return this.size;
  }

  /** Resolves when nothing uses the file any more. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.writing]);
  }

  private async writeBatch(): Promise<void> {
    const { batch } = this;
    [this.batch, this.batchBytes] = [[], 0];
    await this.writing;
    this.writing = onDisk(() => writeAll(this.handle, batch));
    // Whichever call waits for it gets the error.
    this.writing.catch(() => undefined);
  }
}

async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  let { bytesWritten: written } = await handle.writev(chunks);
  // A disk that is nearly full takes a part.
  for (const chunk of chunks) {
    const before = Math.min(written, chunk.byteLength);
    written -= before;
    for (let at = before; at < chunk.byteLength;) at += (await handle.write(chunk, at)).bytesWritten;
  }
}

/** Moves a finished upload to its final name, and syncs the folder. */
export async function publishUpload(upload: string, file: string): Promise<void> {
  const folder = dirname(file);
  await inFolder(folder, makeFolder, async () => {
    await rename(upload, file);
  });
  await syncFolder(folder);
}
