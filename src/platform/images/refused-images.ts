import { createHash } from 'node:crypto';

const KEPT_MS = 10 * 60_000;
const MAX_ENTRIES = 1000;

/** Remembers for some minutes which images ended a process, so that none of them does so again. */
export class RefusedImages {
  private readonly reasons = new Map<string, { readonly reason: string; readonly until: number }>();

  /** Why an image is not drawn, if it is not. */
  find(bytes: Uint8Array): string | null {
    // The digest of a large image takes a moment of the event loop.
    if (this.reasons.size === 0) return null;
    const entry = this.reasons.get(digest(bytes));
    return entry !== undefined && entry.until > Date.now() ? entry.reason : null;
  }

  add(bytes: Uint8Array, reason: string): void {
    const key = digest(bytes);
    this.reasons.delete(key);
    this.reasons.set(key, { reason, until: Date.now() + KEPT_MS });
    const [oldest] = this.reasons.keys();
    if (this.reasons.size > MAX_ENTRIES && oldest !== undefined) this.reasons.delete(oldest);
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}
