import { Client } from 'pg';

/** Every column of our tables, with its type: `exports.file_size bigint`. */
export async function columnsOf(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ line: string }>(`
      SELECT format('%s.%s %s', relname, attname, format_type(atttypid, atttypmod)) AS line
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND attnum > 0 AND NOT attisdropped
        AND relname <> '_prisma_migrations'
      ORDER BY relname, attnum`);
    return rows.map(({ line }) => line);
  } finally {
    await client.end();
  }
}
