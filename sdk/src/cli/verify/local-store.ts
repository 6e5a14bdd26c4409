import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { VerifiableFile } from '../../verify/index.js';
import { UsageError } from '../errors.js';
import type { FileStore, Place } from './file-store.js';

const CHUNK_BYTES = 1024 * 1024;

export async function openLocalStore(path: string): Promise<Place> {
  const found = await statOf(path);
  if (!found) throw new UsageError(`${path} does not exist.`);
  if (found.isDirectory()) return { store: storeOf(path), name: null };
  return { store: storeOf(dirname(path)), name: basename(path) };
}

function storeOf(folder: string): FileStore {
  const find = async (name: string) => {
    const path = join(folder, name);
    const found = await statOf(path);
    return found?.isFile() ? toFile(path, name, found.size) : undefined;
  };
  return {
    find,
    list: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const names = entries.map(({ parentPath, name }) =>
        relative(folder, join(parentPath, name)).split(sep).join('/'),
      );
      const files = await Promise.all(names.sort().map(find));
      return files.filter((file) => file !== undefined);
    },
  };
}

function toFile(path: string, name: string, size: number): VerifiableFile {
  return {
    name,
    size,
    read: (start = 0, end = size) =>
      start >= end ? noBytes() : createReadStream(path, { start, end: end - 1, highWaterMark: CHUNK_BYTES }),
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- the shape of what is read
async function* noBytes(): AsyncGenerator<Uint8Array, void> {
  yield* [];
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
