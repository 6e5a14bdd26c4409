import { type CallingCustomer, isCustomer, type Party, type Person } from '../../../platform/auth/caller';

/** To whom a record belongs: to a person, to an external system, or to both, when the one acts for the other. */
export interface RecordOwner {
  readonly userId: string | null;
  readonly tenantId: string | null;
  readonly customerId: string | null;
}

/** What somebody asks for on their own behalf belongs to nobody else. */
export function ownerOf(party: Party): RecordOwner {
  const { tenantId } = party;
  return isCustomer(party)
    ? { userId: null, tenantId, customerId: party.customerId }
    : { userId: party.userId, tenantId, customerId: null };
}

/** Who requested a record that a person and an external system may share. */
export type Requester = 'user' | 'customer';

export function requesterOf(party: Party): Requester {
  return isCustomer(party) ? 'customer' : 'user';
}

/** The account that the work for a record counts on: that of its requester. */
export function accountOf({
  userId,
  tenantId,
  customerId,
  requestedBy,
}: RecordOwner & { readonly requestedBy: Requester }): Party {
  if (requestedBy === 'customer' && customerId !== null) return { customerId, tenantId } satisfies CallingCustomer;
  if (userId === null) throw new Error('A record is requested by one of its owners');
  return { userId, tenantId } satisfies Person;
}
