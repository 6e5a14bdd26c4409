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

/** On whose account the record goes: what is done on behalf of an external system is its own. */
export function accountOf({ userId, tenantId, customerId }: RecordOwner): Party {
  if (customerId !== null) return { customerId, tenantId } satisfies CallingCustomer;
  if (userId === null) throw new Error('A record belongs to a person or to an external system');
  return { userId, tenantId } satisfies Person;
}
