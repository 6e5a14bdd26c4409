import { isCustomer, type Party } from '../auth/caller';
import { Prisma } from './generated/client';

type OwnedBy = { readonly customerId: string } | { readonly userId: string; readonly tenantId: string | null };

/** The condition that a record is one that the party may see: a person's, or an external system's. */
export function ownedBy(party: Party): OwnedBy {
  return isCustomer(party) ? { customerId: party.customerId } : { userId: party.userId, tenantId: party.tenantId };
}

/** The same as SQL. */
export function ownedBySql(party: Party): Prisma.Sql {
  return isCustomer(party)
    ? Prisma.sql`customer_id = ${party.customerId}::uuid`
    : Prisma.sql`user_id = ${party.userId} AND tenant_id IS NOT DISTINCT FROM ${party.tenantId}`;
}
