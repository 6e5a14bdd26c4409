const MAX_KEY_LENGTH = 512;
// No leading dot: it excludes `.` and `..`, and leaves hidden names to the adapters' own use.
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;

/** Tells whether `text` may be the key of a stored file. */
export function isStorageKey(text: string): boolean {
  return text.length <= MAX_KEY_LENGTH && text.split('/').every((segment) => SEGMENT.test(segment));
}

/**
 * The key that a URL's path (without its first slash) addresses, or `null` when it addresses none. The path is decoded
 * once, as a server does, and judged afterwards: no encoding hides a step out of the storage.
 */
export function storageKeyOfPath(path: string): string | null {
  try {
    const key = decodeURIComponent(path);
    return isStorageKey(key) ? key : null;
  } catch {
    return null;
  }
}

/** @throws InvalidStorageKeyError unless `key` may be the key of a stored file */
export function assertStorageKey(key: string): void {
  if (!isStorageKey(key)) throw new InvalidStorageKeyError(key);
}

/** @throws InvalidStorageKeyError unless keys can begin with `prefix`; the empty prefix stands for all keys */
export function assertStoragePrefix(prefix: string): void {
  if (prefix !== '' && !isStorageKey(prefix.replace(/\/$/, ''))) throw new InvalidStorageKeyError(prefix);
}

/** @throws InvalidStorageKeyError when discarding `prefix` is not meant seriously: it would empty the whole storage */
export function assertDiscardablePrefix(prefix: string): void {
  if (prefix === '') throw new InvalidStorageKeyError(prefix);
  assertStoragePrefix(prefix);
}

export class InvalidStorageKeyError extends Error {
  constructor(key: string) {
    super(`Not a storage key: ${JSON.stringify(key)}`);
    this.name = 'InvalidStorageKeyError';
  }
}
