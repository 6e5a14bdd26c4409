import { Sql, sql } from '../../platform/database/sql';
import type { Column, Projection, Relation } from '../relation';

/** The name under which a row says of which table it is, unless a column has that name. */
const TABLE_KEY = '_table';

export interface JsonRowStyle {
  /** Begin every row with a comma. Whoever writes an array leaves out the very first byte of it. */
  readonly isListed: boolean;
  /** Let the row say first of which table it is. */
  readonly namesItsTable: boolean;
}

/** A row as a JSON object by PostgreSQL, one a line: digits, scales, doubled keys and a key `__proto__` stay as they are. */
export function jsonRow({ name, columns }: Relation, { isListed, namesItsTable }: JsonRowStyle): Projection {
  // Not `"row"` alone: that could be a column of the name.
  const object = sql`row_to_json("row".*)::text`;
  const named = namesItsTable ? sql`${Sql.literal(`{${tableMember(name, columns)}`)} || substr(${object}, 2)` : object;
  const rendered = isListed ? sql`',' || ${named}` : named;
  const select = columns.some(({ mayHoldJsonText }) => mayHoldJsonText) ? oneLine(rendered) : rendered;
  return { select, as: { kind: 'line' } };
}

function tableMember(table: string, columns: readonly Column[]): string {
  const member = `${JSON.stringify(freeName(TABLE_KEY, columns))}:${JSON.stringify(table)}`;
  return columns.length === 0 ? member : `${member},`;
}

/** A json value is kept as it was typed; its line breaks stand between tokens, where JSON takes any blank. */
function oneLine(row: Sql): Sql {
  // Three times as fast as translate, which goes through a row character by character.
  return sql`replace(replace(${row}, E'\\n', ' '), E'\\r', ' ')`;
}

/** The name, with as many underscores behind it as no column has. */
export function freeName(wanted: string, columns: readonly Pick<Column, 'name'>[]): string {
  const taken = new Set(columns.map(({ name }) => name));
  let name = wanted;
  while (taken.has(name)) name += '_';
  return name;
}

/** The rows of an array, of which each begins with a comma, without the comma that nothing stands before. */
export async function* listed(rows: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of rows) {
    if (chunk.length === 0) continue;
    yield isFirst ? chunk.subarray(1) : chunk;
    isFirst = false;
  }
}
