export const MAX_NAME_LENGTH = 100;

// Controls, line ends, and halves of surrogate pairs, which PostgreSQL does not store.
const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** @returns what is wrong with it, or `null`; spaces around it do not count */
export function nameError(name: string): string | null {
  const length = Array.from(name.trim()).length;
  if (length === 0 || length > MAX_NAME_LENGTH) return `must have 1 to ${MAX_NAME_LENGTH} characters`;
  return UNFIT.test(name.trim()) ? 'must not contain control characters' : null;
}
