import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** By it a secret that lies where it should not be is recognised for what it is. */
const PREFIX = 'exsk_';
const RANDOM_BYTES = 32;

/** @returns a secret that nobody had before */
export function newSecret(): string {
  return PREFIX + randomBytes(RANDOM_BYTES).toString('base64url');
}

/**
 * What is kept of a secret: its SHA-256. A slow hash with salt protects what people choose, of which a table of a few
 * billion guesses holds most; of 256 random bits no table and no number of guesses holds any, and each request is checked.
 * @returns lower-case hex
 */
export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares in a time that tells nothing of the hashes. Nothing is the same as a hash that is not there. */
export function isSameHash(given: string, kept: string | null): boolean {
  const bytes = Buffer.from(given, 'hex');
  const isSame = timingSafeEqual(bytes, kept === null ? Buffer.alloc(bytes.length) : Buffer.from(kept, 'hex'));
  return isSame && kept !== null;
}
