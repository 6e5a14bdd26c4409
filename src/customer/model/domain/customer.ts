/** An external system as it is known to this one. Its secret is not: only what shows that a secret is the right one. */
export interface Customer {
  readonly id: string;
  readonly tenantId: string | null;
  readonly isActive: boolean;
  /** SHA-256 of the secret, in lower-case hex. */
  readonly secretHash: string;
}
