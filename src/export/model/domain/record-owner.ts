import { type CustomerPrincipal, isCustomer, type Principal, type Person } from '../../../platform/auth/principal';

/** The owners of a record: a person, an external system, or both, when the system acts for the person. */
export interface RecordOwner {
  readonly userId: string | null;
  readonly tenantId: string | null;
  readonly customerId: string | null;
}

/** The owner of a record that a principal requests for itself. */
export function ownerOf(principal: Principal): RecordOwner {
  const { tenantId } = principal;
  return isCustomer(principal)
    ? { userId: null, tenantId, customerId: principal.customerId }
    : { userId: principal.userId, tenantId, customerId: null };
}

/** Which of the owners requested a record. */
export type Requester = 'user' | 'customer';

export function requesterOf(principal: Principal): Requester {
  return isCustomer(principal) ? 'customer' : 'user';
}

/** The account that a record counts on: that of its requester. */
export function accountOf({
  userId,
  tenantId,
  customerId,
  requestedBy,
}: RecordOwner & { readonly requestedBy: Requester }): Principal {
  if (requestedBy === 'customer' && customerId !== null) return { customerId, tenantId } satisfies CustomerPrincipal;
  if (userId === null) throw new Error('A record is requested by one of its owners');
  return { userId, tenantId } satisfies Person;
}
