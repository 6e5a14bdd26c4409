import { isCustomer, type Principal } from '../../platform/auth/principal';
import { Sql, sql } from '../../platform/database/sql';

/** The condition, for Prisma, that an event is the principal's: that they hold it, or that it is held for them. */
export function visibleTo(
  principal: Principal,
): { customerId: string } | { organizerId: string; tenantId: string | null } {
  return isCustomer(principal)
    ? { customerId: principal.customerId }
    : { organizerId: principal.userId, tenantId: principal.tenantId };
}

/** The same as SQL. */
export function visibleToSql(principal: Principal): Sql {
  if (isCustomer(principal)) return sql`customer_id = ${Sql.literal(principal.customerId)}::uuid`;
  const tenant = principal.tenantId === null ? sql`NULL` : Sql.literal(principal.tenantId);
  return sql`organizer_id = ${Sql.literal(principal.userId)} AND tenant_id IS NOT DISTINCT FROM ${tenant}`;
}
