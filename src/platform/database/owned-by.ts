import { isCustomer, type Principal } from '../auth/principal';
import { Prisma } from './generated/client';

type OwnedBy = { readonly customerId: string } | { readonly userId: string; readonly tenantId: string | null };

/** The condition that a record is one that the principal may see: a person's, or an external system's. */
export function ownedBy(principal: Principal): OwnedBy {
  return isCustomer(principal)
    ? { customerId: principal.customerId }
    : { userId: principal.userId, tenantId: principal.tenantId };
}

/** The same as SQL. */
export function ownedBySql(principal: Principal): Prisma.Sql {
  return isCustomer(principal)
    ? Prisma.sql`customer_id = ${principal.customerId}::uuid`
    : Prisma.sql`user_id = ${principal.userId} AND tenant_id IS NOT DISTINCT FROM ${principal.tenantId}`;
}
