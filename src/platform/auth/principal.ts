export const MAX_NAME_LENGTH = 200;

/**
 * Whether a value can be the id of a user or a tenant. PostgreSQL cannot store NUL or lone surrogates, and an index entry has
 * a maximum size.
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

/** A person, in a tenant if the platform has tenants. */
export interface Person {
  readonly userId: string;
  /** Limits everything that the person can see and do; `null` on a platform without tenants. */
  readonly tenantId: string | null;
}

/** A person who authenticated with a token. */
export interface UserPrincipal extends Person {
  readonly roles: readonly string[];
  /** The mail address in the token. */
  readonly email?: string;
  /** The preferred language, such as `uk` or `uk-UA`. */
  readonly locale?: string;
}

/** An external system that authenticated with its id and secret. */
export interface CustomerPrincipal {
  readonly customerId: string;
  readonly tenantId: string | null;
}

/** The caller of a request, who owns the records that it creates. */
export type Principal = Person | CustomerPrincipal;

export function isCustomer(principal: Principal): principal is CustomerPrincipal {
  return 'customerId' in principal && typeof principal.customerId === 'string';
}

/** A text that is unique to the principal. */
export function principalKey(principal: Principal): string {
  return JSON.stringify(
    isCustomer(principal) ? { customer: principal.customerId } : [principal.tenantId, principal.userId],
  );
}
