import { isCustomer, type Party } from '../../platform/auth/caller';
import { Sql, sql } from '../../platform/postgres/sql';

/** The condition, for Prisma, that an event is the party's: that they hold it, or that it is held for them. */
export function heldBy(party: Party): { customerId: string } | { organizerId: string; tenantId: string | null } {
  return isCustomer(party) ? { customerId: party.customerId } : { organizerId: party.userId, tenantId: party.tenantId };
}

/** The same as SQL. */
export function heldBySql(party: Party): Sql {
  if (isCustomer(party)) return sql`customer_id = ${Sql.literal(party.customerId)}::uuid`;
  const tenant = party.tenantId === null ? sql`NULL` : Sql.literal(party.tenantId);
  return sql`organizer_id = ${Sql.literal(party.userId)} AND tenant_id IS NOT DISTINCT FROM ${tenant}`;
}
