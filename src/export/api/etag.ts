import type { Request } from 'express';
import type { DownloadableFile } from '../model/services/export-download';

/** The strong validator of a file: it changes with the bytes, and with nothing else. */
export function etagOf({ sha256 }: DownloadableFile): string {
  return `"${sha256}"`;
}

/** Whether the caller says that it has what the tag stands for already. */
export function isNotModified(request: Request, tag: string): boolean {
  const known = request.get('If-None-Match')?.split(/\s*,\s*/) ?? [];
  return known.includes(tag);
}
