// @ts-check
// Rows of a kilobyte that cost PostgreSQL next to nothing, for large files.
import pg from 'pg';

const rowBytes = 1030;

/**
 * Offers a view whose CSV has about so many bytes.
 * @param {string} databaseUrl
 * @param {number} bytes
 * @returns {Promise<string>} its name
 */
export async function wideRows(databaseUrl, bytes) {
  const rows = Math.ceil(bytes / rowBytes);
  const view = `wide_${rows}`;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: found } = await client.query('SELECT to_regclass($1) IS NOT NULL AS exists', [view]);
    if (found[0].exists) return view;
    await client.query(
      `CREATE VIEW ${view} AS SELECT n AS id, repeat(md5(n::text), 32) AS filler FROM generate_series(1, ${rows}) n`,
    );
    const values = [view, JSON.stringify([view])];
    await client.query(`INSERT INTO export_data_types (name, tables, owners) VALUES ($1, $2, '{}')`, values);
    return view;
  } finally {
    await client.end();
  }
}
