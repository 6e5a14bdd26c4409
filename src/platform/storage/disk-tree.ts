import { mkdir, open, readdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Tells whether `error` says that a file or a folder on the way to it is not there. */
export function saysMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'ENOTDIR');
}

/**
 * The files under `root` whose relative path starts with `prefix`, in the order of these paths. Hidden names are left
 * out. Holds the names of one folder at each level in memory, never the whole tree.
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
        // With its slash a folder sorts where the paths of its files belong: after `a-b`, before `a0`.
        .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
        .sort()
    );
  } catch (error) {
    if (saysMissing(error)) return [];
    throw error;
  }
}

/** Makes `folder` and its parents so that they outlast a power cut. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let parent = dirname(folder); parent.length >= dirname(first).length; parent = dirname(parent)) {
    await syncFolder(parent);
    if (parent === dirname(parent)) break;
  }
}

/** Makes the names in `folder` outlast a power cut. */
export async function syncFolder(folder: string): Promise<void> {
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
      if (!saysMissing(error)) throw error;
    }
  }
}

/**
 * Does what needs a folder that somebody else may be removing as empty at this very moment.
 * @throws what `act` threw in the end
 */
export async function inFolder<T>(folder: string, make: typeof makeFolder, act: () => Promise<T>): Promise<T> {
  for (let left = 100; ; left--) {
    try {
      await make(folder);
      return await act();
    } catch (error) {
      // Node calls a folder that vanished while its parents were being made a file.
      if (left === 0 || !saysMissing(error)) throw error;
    }
  }
}

/** Makes `folder` and its parents; a power cut may take them away again. */
export async function makePassingFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}
