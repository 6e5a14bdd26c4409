import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The secret before the last rotation. It is valid until its grace period ends. */
export interface PreviousSecret {
  readonly hash: string;
  readonly endsAt: Date;
}

/** An external system. Only a hash of its secret is stored. */
export interface Customer {
  readonly id: string;
  readonly tenantId: string | null;
  readonly name: string;
  readonly isActive: boolean;
  readonly secretHash: string;
  /** `null` if there is none or its grace period has ended. */
  readonly previousSecret: PreviousSecret | null;
  readonly createdAt: Date;
}

/**
 * Stands in for an unknown id, so that a refusal takes as long as for a known one. No secret
 * matches it.
 */
export const UNKNOWN_CUSTOMER: Customer = {
  id: '00000000-0000-0000-0000-000000000000',
  tenantId: null,
  name: 'Nobody',
  isActive: false,
  secretHash: '0'.repeat(64),
  previousSecret: null,
  createdAt: new Date(0),
};

/** Why credentials are refused, for the audit log. The caller does not learn the reason. */
export type RefusalReason = 'unknown' | 'inactive' | 'wrong-secret';

/**
 * @returns `null` for a valid secret of an active customer, or the reason for a refusal, always in
 * the same time
 */
export function verifyCredentials(customer: Customer, secret: string): RefusalReason | null {
  const given = hashSecret(secret);
  const isCurrent = matchesHash(given, customer.secretHash);
  const isPrevious = matchesHash(given, customer.previousSecret?.hash ?? null);
  if (customer === UNKNOWN_CUSTOMER) return 'unknown';
  if (!isCurrent && !isPrevious) return 'wrong-secret';
  return customer.isActive ? null : 'inactive';
}

/** Lets scanners recognise a leaked secret. */
const PREFIX = 'exsk_';
const RANDOM_BYTES = 32;

export function generateSecret(): string {
  return PREFIX + randomBytes(RANDOM_BYTES).toString('base64url');
}

/**
 * The SHA-256 of a secret. A slow, salted hash would protect passwords that people choose. Secrets
 * are 256 random bits, which nobody can guess, and every request computes this hash.
 * @returns lower-case hex
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares in constant time. `stored` is `null` if there is no hash, which matches nothing. */
export function matchesHash(given: string, stored: string | null): boolean {
  const bytes = Buffer.from(given, 'hex');
  const isSame = timingSafeEqual(bytes, stored === null ? Buffer.alloc(bytes.length) : Buffer.from(stored, 'hex'));
  return isSame && stored !== null;
}
