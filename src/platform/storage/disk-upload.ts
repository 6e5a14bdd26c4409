import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { onDisk } from './disk-faults';
import { inFolder, makeFolder, makeTemporaryFolder, syncFolder } from './disk-tree';

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
