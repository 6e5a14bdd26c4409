import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { onDisk } from './disk-faults';
import { inFolder, makeFolder, makePassingFolder, syncFolder } from './disk-tree';

/**
 * Writes a new file, on to the disk itself.
 * @returns its size
 * @throws StorageUnavailableError | what the body throws
 */
export async function writeUpload(path: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await onDisk(() => inFolder(dirname(path), makePassingFolder, () => open(path, 'wx')));
  try {
    let size = 0;
    // What the body throws is not the disk's fault.
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

/** Gives a file its name, permanently. */
export async function publishUpload(upload: string, file: string): Promise<void> {
  const folder = dirname(file);
  await inFolder(folder, makeFolder, async () => {
    await rename(upload, file);
  });
  await syncFolder(folder);
}
