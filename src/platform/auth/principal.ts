export const MAX_NAME_LENGTH = 200;

/**
 * Whether something can be the name of a user or a tenant: PostgreSQL stores no NUL and no half of a surrogate pair, and
 * an index entry has its limits.
 */
export function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= MAX_NAME_LENGTH &&
    !value.includes('\0') &&
    value.isWellFormed()
  );
}

/** A person, within a tenant where the platform has any. */
export interface Person {
  readonly userId: string;
  /** Confines everything the person sees and does; `null` for a platform without tenants. */
  readonly tenantId: string | null;
}

/** A person who proved who they are by a token. */
export interface UserPrincipal extends Person {
  readonly roles: readonly string[];
  /** Where the token says that they get their mail. */
  readonly email?: string;
  /** The language they read, such as `uk` or `uk-UA`. */
  readonly locale?: string;
}

/** An external system that proved itself by id and secret. */
export interface CustomerPrincipal {
  readonly customerId: string;
  readonly tenantId: string | null;
}

/** Whoever asks, and owns what they asked for. */
export type Principal = Person | CustomerPrincipal;

export function isCustomer(principal: Principal): principal is CustomerPrincipal {
  return 'customerId' in principal && typeof principal.customerId === 'string';
}

/** One text for each principal, and never the same for two. */
export function principalKey(principal: Principal): string {
  return JSON.stringify(
    isCustomer(principal) ? { customer: principal.customerId } : [principal.tenantId, principal.userId],
  );
}
