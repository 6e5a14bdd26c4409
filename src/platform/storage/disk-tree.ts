import { mkdir, open, readdir, rmdir, type FileHandle, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StorageUnavailableError } from './file-storage';

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
 * Writes a new file and syncs it to disk.
 * @returns its size in bytes
 * @throws StorageUnavailableError | what the body throws
 */
export async function writeUpload(path: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await onDisk(() => inFolder(dirname(path), makeTemporaryFolder, () => open(path, 'wx')));
  try {
    let size = 0;
    // Errors of the body are not faults of the disk.
    for await (const chunk of chunks) {
      await onDisk(() => writeAll(handle, chunk));
      size += chunk.byteLength;
    }
    await onDisk(() => handle.sync());
    return size;
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.byteLength;) {
    written += (await handle.write(chunk, written)).bytesWritten;
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
