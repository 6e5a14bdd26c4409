import { type CustomerPrincipal, isCustomer, type Principal, type Person } from '../../../platform/auth/principal';

/** To whom a record belongs: to a person, to an external system, or to both, when the one acts for the other. */
export interface RecordOwner {
  readonly userId: string | null;
  readonly tenantId: string | null;
  readonly customerId: string | null;
}

/** What somebody asks for on their own behalf belongs to nobody else. */
export function ownerOf(principal: Principal): RecordOwner {
  const { tenantId } = principal;
  return isCustomer(principal)
    ? { userId: null, tenantId, customerId: principal.customerId }
    : { userId: principal.userId, tenantId, customerId: null };
}

/** Who requested a record that a person and an external system may share. */
export type Requester = 'user' | 'customer';

export function requesterOf(principal: Principal): Requester {
  return isCustomer(principal) ? 'customer' : 'user';
}

/** The account that the work for a record counts on: that of its requester. */
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
