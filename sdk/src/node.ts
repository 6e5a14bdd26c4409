import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { ExportClient } from './client.js';
import type { DownloadOptions, KnownBytes } from './download.js';
import { DownloadError } from './errors.js';
import type { Export } from './types.js';

export interface SavedFile {
  readonly path: string;
  readonly size: number;
  /** How many bytes an earlier call had saved. */
  readonly resumedFrom: number;
}

/**
 * Saves the file of a completed export: to `<path>.<start of its SHA-256>.part` first, which is renamed when size and SHA-256
 * are verified. A later call continues an unfinished part, also after the program ended. A one-time file starts again.
 * @param target the path of the file, which is replaced if it exists; or a folder, in which the file gets its own name: one that
 *   exists, or a path that ends with a slash
 * @throws ExportServiceError, or the error of the file system
 */
export async function saveExport(
  client: ExportClient,
  exported: Export | string,
  target: string,
  options: DownloadOptions = {},
): Promise<SavedFile> {
  const record = typeof exported === 'string' ? await client.exports.get(exported, options) : exported;
  const path = (await isFolder(target)) ? join(target, nameOf(record)) : target;
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${record.sha256?.slice(0, 12)}.part`;
  const known = record.one_time ? undefined : await knownBytes(part, record.file_size);
  const file = createWriteStream(part, { flags: known ? 'a' : 'w' });
  try {
    const stream = await client.exports.download(record, options, known);
    await pipeline(Readable.fromWeb(stream as NodeReadableStream<Uint8Array>), file);
  } catch (error) {
    file.destroy();
    // A part is of no use if it cannot be continued.
    if (record.one_time || error instanceof DownloadError) await rm(part, { force: true });
    throw error;
  }
  await rename(part, path);
  return { path, size: file.bytesWritten + (known?.size ?? 0), resumedFrom: known?.size ?? 0 };
}

async function isFolder(path: string): Promise<boolean> {
  if (/[\\/]$/.test(path)) return true;
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** The name that the service gave the file, or one that says what it is; never a path. */
function nameOf({ id, file_name: name, format }: Export): string {
  return basename(name ?? '') || `${id}.${format}`;
}

/** What an earlier call saved, with the digest so far. */
async function knownBytes(part: string, fileSize: number | null): Promise<KnownBytes | undefined> {
  const found = await stat(part).catch(() => undefined);
  if (!found || found.size === 0 || fileSize === null || found.size > fileSize) return undefined;
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(part) as AsyncIterable<Buffer>) digest.update(chunk);
  return {
    size: found.size,
    digest: {
      update: (bytes) => {
        digest.update(bytes);
      },
      hex: () => digest.digest('hex'),
    },
  };
}
