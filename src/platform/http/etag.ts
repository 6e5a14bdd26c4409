import type { Request } from 'express';

/** A strong validator: it changes when the bytes change, and only then. */
export function etagOf({ sha256 }: { readonly sha256: string }): string {
  return `"${sha256}"`;
}

/** Whether the client already has the representation with this ETag. */
export function isNotModified(request: Request, etag: string): boolean {
  const known = request.get('If-None-Match')?.split(/\s*,\s*/) ?? [];
  return known.includes(etag);
}
