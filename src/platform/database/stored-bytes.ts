import type { PoolClient } from 'pg';
import { CopyRows } from './copy-rows';
import { type Sql, sql } from './sql';

/** The header of COPY's binary format: signature (11), flags (4), length of the extension (4). */
const HEADER_BYTES = 19;
/** After the number of fields of the row (2). */
const FIELD_AT = HEADER_BYTES + 2;
const VALUE_AT = FIELD_AT + 4;

/**
 * Reads one large value into a buffer of exactly its size. A normal query would copy it several times and decode it.
 * @param select returns at most one row with one value of `text` or `bytea`
 * @returns `null` if there is no row or the value is NULL
 */
export async function readStoredBytes(client: PoolClient, select: Sql): Promise<Buffer | null> {
  const rows = CopyRows.startFramed(client, sql`COPY (${select}) TO STDOUT WITH (FORMAT binary)`);
  let head: Buffer = Buffer.alloc(0);
  let value: Buffer | null = null;
  let filled = 0;
  for await (const chunk of rows) {
    let rest = chunk;
    if (value === null) {
      head = Buffer.concat([head, chunk]);
      if (head.length < VALUE_AT) continue;
      const size = head.readInt32BE(FIELD_AT);
      if (size < 0) continue;
      value = Buffer.allocUnsafeSlow(size);
      rest = head.subarray(VALUE_AT);
    }
    filled += rest.copy(value, filled);
  }
  if (value && filled < value.length) throw new Error('The value was not read completely');
  return value;
}
