import { isCustomer, type Person, type Principal } from '../auth/principal';
import { Prisma } from './generated/client';
import { Sql, sql } from './sql';

/** The fields of a record that name its owner. */
type OwnerFields<UserField extends string> =
  { readonly customerId: string } | ({ readonly [Field in UserField]: string } & { readonly tenantId: string | null });

/** The condition that a principal may see a record, for each way to ask the database. */
interface Visibility<Fields> {
  /** For queries of Prisma. */
  readonly where: Fields;
  /** For statements with bind parameters. */
  readonly sql: Prisma.Sql;
  /** For statements without bind parameters, such as COPY. */
  readonly literal: Sql;
}

/**
 * A customer sees the records with its id. A user sees the records with their id in their tenant, or in none.
 * @param userField the field that has the id of the user
 */
export function visibleTo<UserField extends string = 'userId'>(
  principal: Principal,
  userField = 'userId' as UserField,
): Visibility<OwnerFields<UserField>> {
  if (isCustomer(principal)) {
    const { customerId } = principal;
    return {
      where: { customerId },
      sql: Prisma.sql`customer_id = ${customerId}::uuid`,
      get literal() {
        return sql`customer_id = ${Sql.literal(customerId)}::uuid`;
      },
    };
  }
  const { userId, tenantId } = principal;
  const column = userField.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return {
    where: { [userField]: userId, tenantId } as OwnerFields<UserField>,
    sql: Prisma.sql`${Prisma.raw(column)} = ${userId} AND tenant_id IS NOT DISTINCT FROM ${tenantId}`,
    get literal() {
      const tenant = tenantId === null ? sql`NULL` : Sql.literal(tenantId);
      return sql`${Sql.identifier(column)} = ${Sql.literal(userId)} AND tenant_id IS NOT DISTINCT FROM ${tenant}`;
    },
  };
}

/**
 * The condition that one of several people may see a record, as `visibleTo` has it for one. It has two parameters, however
 * many they are.
 */
export function visibleToAny(people: readonly Person[]): Prisma.Sql {
  const users = people.map(({ userId }) => userId);
  const tenants = people.map(({ tenantId }) => tenantId);
  return Prisma.sql`EXISTS (
    SELECT FROM unnest(${users}::text[], ${tenants}::text[]) AS person (id, tenant)
    WHERE person.id = user_id AND person.tenant IS NOT DISTINCT FROM tenant_id)`;
}
