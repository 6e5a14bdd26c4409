import { crc32 } from 'node:zlib';
import { type StoredEntry, StoredZipLayout } from '../../../formats';
import type { PublishedFile } from './part';
import type { PartFile } from './part-file';

const MANIFEST_NAME = 'manifest.json';

/** The manifest as an entry of the zip. */
export function toManifestEntry(text: string): StoredEntry {
  const bytes = Buffer.from(text);
  return { name: MANIFEST_NAME, size: bytes.length, crc32: crc32(bytes) };
}

/**
 * Places the files of an export in its zip, and the manifest behind them.
 * @returns the files, and the size of the zip
 */
export function toZipOfParts(
  parts: readonly PartFile[],
  manifest: string,
): { readonly files: readonly PublishedFile[]; readonly size: number } {
  const layout = new StoredZipLayout();
  const files = parts.map((part, index) => ({ ...layout.place(part), number: index + 1 }));
  layout.place(toManifestEntry(manifest));
  return { files, size: layout.size };
}
