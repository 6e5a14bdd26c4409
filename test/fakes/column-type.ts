import type { ColumnType } from '../../src/formats';

/** A type of PostgreSQL itself, without a modifier. */
export function builtInType(name: string): ColumnType {
  return { schema: 'pg_catalog', name, declared: name, precision: null, structure: null };
}
