const MAX_KEY_LENGTH = 512;
// No leading dot: this excludes `.` and `..`, and reserves hidden names for the adapters.
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;

/** Whether `text` is a valid storage key. */
export function isStorageKey(text: string): boolean {
  return text.length <= MAX_KEY_LENGTH && text.split('/').every((segment) => SEGMENT.test(segment));
}

/**
 * The key that the path of a URL (without its first slash) addresses, or `null`. The path is decoded once and validated
 * afterwards, so that no encoding can hide `..`.
 */
export function storageKeyOfPath(path: string): string | null {
  try {
    const key = decodeURIComponent(path);
    return isStorageKey(key) ? key : null;
  } catch {
    return null;
  }
}

/** @throws InvalidStorageKeyError */
export function assertStorageKey(key: string): void {
  if (!isStorageKey(key)) throw new InvalidStorageKeyError(key);
}

/** @throws InvalidStorageKeyError unless keys can start with `prefix`; the empty prefix means all keys */
export function assertStoragePrefix(prefix: string): void {
  if (prefix !== '' && !isStorageKey(prefix.replace(/\/$/, ''))) throw new InvalidStorageKeyError(prefix);
}

/** @throws InvalidStorageKeyError also for the empty prefix, which would delete everything */
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
