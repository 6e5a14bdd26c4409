import { hashOfSecret, isSameHash } from './customer-secret';

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
export function refusalOf(customer: Customer, secret: string): RefusalReason | null {
  const given = hashOfSecret(secret);
  const isCurrent = isSameHash(given, customer.secretHash);
  const isFormer = isSameHash(given, customer.previousSecret?.hash ?? null);
  if (customer === UNKNOWN_CUSTOMER) return 'unknown';
  if (!isCurrent && !isFormer) return 'wrong-secret';
  return customer.isActive ? null : 'inactive';
}
