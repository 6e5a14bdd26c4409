import type { LiveColumn } from './live-table';

/** As PostgreSQL calls them itself. */
const TEXTS: readonly string[] = ['text', 'varchar', 'uuid'];

/** The types of owner columns, as people call them. */
export const OWNER_TYPES = 'text, varchar, uuid, smallint, integer, bigint or numeric without decimals';

/**
 * Whether the column can say whose row it is. Types for which two ids may count as the same are refused, since one user
 * would get the rows of the other: citext does not see case, char(n) no spaces at the end, and name cuts off.
 */
export function mayHoldUserId({ type, family, scale }: LiveColumn): boolean {
  if (type.schema !== 'pg_catalog') return false;
  if (type.name === 'oid') return false;
  return TEXTS.includes(type.name) || family === 'integer' || (family === 'decimal' && scale === 0);
}
