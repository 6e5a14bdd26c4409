import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The secret before the last change: as right as the new one until its grace period ends. */
export interface PreviousSecret {
  readonly hash: string;
  readonly endsAt: Date;
}

/** An external system as it is known to this one. Its secret is not: only what shows that a secret is the right one. */
export interface Customer {
  readonly id: string;
  readonly tenantId: string | null;
  readonly name: string;
  readonly isActive: boolean;
  readonly secretHash: string;
  /** `null` when there is none, or its grace period has ended. */
  readonly previousSecret: PreviousSecret | null;
  readonly createdAt: Date;
}

/** Whoever is not known: nothing proves that one is nobody, and finding that out takes as long as with somebody. */
export const UNKNOWN_CUSTOMER: Customer = {
  id: '00000000-0000-0000-0000-000000000000',
  tenantId: null,
  name: 'Nobody',
  isActive: false,
  secretHash: '0'.repeat(64),
  previousSecret: null,
  createdAt: new Date(0),
};

/** Why nobody is let in under an id and a secret. The caller is never told which it was. */
export type RefusalReason = 'unknown' | 'inactive' | 'wrong-secret';

/** @returns `null` for the right secret of an active customer; it takes the same time whatever comes of it */
export function verifyCredentials(customer: Customer, secret: string): RefusalReason | null {
  const given = hashSecret(secret);
  const isCurrent = matchesHash(given, customer.secretHash);
  const isPrevious = matchesHash(given, customer.previousSecret?.hash ?? null);
  if (customer === UNKNOWN_CUSTOMER) return 'unknown';
  if (!isCurrent && !isPrevious) return 'wrong-secret';
  return customer.isActive ? null : 'inactive';
}

/** By it a secret that lies where it should not be is recognised for what it is. */
const PREFIX = 'exsk_';
const RANDOM_BYTES = 32;

/** @returns a secret that nobody had before */
export function generateSecret(): string {
  return PREFIX + randomBytes(RANDOM_BYTES).toString('base64url');
}

/**
 * What is kept of a secret: its SHA-256. A slow hash with salt protects what people choose, of which a table of a few
 * billion guesses holds most; of 256 random bits no table and no number of guesses holds any, and each request is checked.
 * @returns lower-case hex
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares in a time that tells nothing of the hashes. Nothing is the same as a hash that is not there. */
export function matchesHash(given: string, kept: string | null): boolean {
  const bytes = Buffer.from(given, 'hex');
  const isSame = timingSafeEqual(bytes, kept === null ? Buffer.alloc(bytes.length) : Buffer.from(kept, 'hex'));
  return isSame && kept !== null;
}
