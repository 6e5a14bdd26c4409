import { Sql, sql } from '../platform/database/sql';
import type { Column } from './content';

/** A column of the row that is rendered. */
export function columnRef(name: string): Sql {
  return sql`"row".${Sql.identifier(name)}`;
}

/** Types whose cast to text is their output, and has no character that any format escapes. */
const PLAIN_TYPES: ReadonlySet<string> = new Set(['uuid', 'time', 'timetz', 'interval']);

/** Whether the texts of a column need no escaping. */
export function hasPlainText({ type: { schema, name } }: Column): boolean {
  return schema === 'pg_catalog' && PLAIN_TYPES.has(name);
}

/** The text of a jsonb value is one line without control characters. */
export function isJsonb({ type: { schema, name } }: Column): boolean {
  return schema === 'pg_catalog' && name === 'jsonb';
}

/** Concatenates texts as a balanced tree: a chain would copy the growing row at every step. */
export function concatenate(pieces: readonly Sql[]): Sql {
  const [first = sql`''`] = pieces;
  if (pieces.length <= 1) return first;
  const middle = Math.ceil(pieces.length / 2);
  return sql`(${concatenate(pieces.slice(0, middle))} || ${concatenate(pieces.slice(middle))})`;
}

/** The name, with as many underscores appended as it takes to differ from all columns. */
export function toFreeName(wanted: string, columns: readonly Pick<Column, 'name'>[]): string {
  const taken = new Set(columns.map(({ name }) => name));
  let name = wanted;
  while (taken.has(name)) name += '_';
  return name;
}
