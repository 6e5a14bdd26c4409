import { Sql, sql } from '../../platform/database/sql';
import type { Column, Projection, Relation } from '../content';
import type { RowWeight } from '../forecast';
import { columnRef, concatenate, hasPlainText, toFreeName } from '../row-sql';

/** Each value has its name, quotes, a colon and a comma. */
export const JSON_ROWS: RowWeight = { bytesPerTable: 60, bytesPerCell: 5.5, namesPerRow: 1, secondsPerRow: 1e-5 };

/** The member by which a row names its table, unless a column has that name. */
const TABLE_KEY = '_table';

interface JsonRowStyle {
  /** Start every row with a comma. `withoutFirstComma` removes the first. */
  readonly isListed: boolean;
  /** Start the row with the name of its table. */
  readonly namesItsTable: boolean;
}

/**
 * A row as a JSON object, one per line. PostgreSQL renders it, so digits, scales, duplicate keys and a key `__proto__`
 * stay as they are. `row_to_json` renders the same, and takes half as long again: it finds out again for each row what
 * types its columns have.
 */
export function toJsonRow({ name, columns }: Relation, { isListed, namesItsTable }: JsonRowStyle): Projection {
  const table = namesItsTable ? [tableMember(name, columns)] : [];
  const members = columns.map((column, index) => toMember(column, index > 0 || namesItsTable ? ',' : ''));
  const open = Sql.literal(`${isListed ? ',' : ''}{${table.join('')}`);
  return { select: concatenate([open, ...members, Sql.literal('}\n')]), as: { kind: 'line' } };
}

function tableMember(table: string, columns: Relation['columns']): string {
  return `${JSON.stringify(toFreeName(TABLE_KEY, columns))}:${JSON.stringify(table)}`;
}

function toMember(column: Column, separator: string): Sql {
  const start = `${separator}${JSON.stringify(column.name)}:`;
  return sql`coalesce(${Sql.literal(start)} || ${toValue(column)}, ${Sql.literal(`${start}null`)})`;
}

/** As `to_json`, which the common types do without. */
function toValue(column: Column): Sql {
  const value = columnRef(column.name);
  const json = sql`to_json(${value})::text`;
  switch (column.family) {
    case 'integer':
      // An oid is a string.
      return column.type.name === 'oid' ? json : sql`${value}::text`;
    case 'boolean':
      return sql`${value}::text`;
    case 'decimal':
      // A numeric with a scale has no infinities.
      return column.scale === null ? json : sql`CASE WHEN ${value} = 'NaN' THEN ${json} ELSE ${value}::text END`;
    case 'json':
      return column.mayHoldJsonText ? withoutLineBreaks(sql`${value}::text`) : sql`${value}::text`;
    case 'other':
      if (hasPlainText(column)) return sql`'"' || ${value} || '"'`;
      return column.mayHoldJsonText ? withoutLineBreaks(json) : json;
    case 'float':
    case 'text':
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return json;
  }
}

/** A json value keeps its own line breaks. They are between tokens, where JSON accepts any white space. */
function withoutLineBreaks(text: Sql): Sql {
  // Three times as fast as translate(), which reads a text character by character.
  return sql`replace(replace(${text}, E'\\n', ' '), E'\\r', ' ')`;
}

/** The rows of an array, each of which starts with a comma, without the very first comma. */
export async function* withoutFirstComma(rows: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of rows) {
    if (chunk.length === 0) continue;
    yield isFirst ? chunk.subarray(1) : chunk;
    isFirst = false;
  }
}
