import { Sql, sql } from '../platform/database/sql';

/** A column of the row that is rendered. */
export function column(name: string): Sql {
  return sql`"row".${Sql.identifier(name)}`;
}
