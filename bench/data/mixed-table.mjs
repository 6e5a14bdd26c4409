// @ts-check
// A table such as platforms have, made inside PostgreSQL, and its exports in every format.
import pg from 'pg';
import { timed } from '../support/environment.mjs';
import { prove } from './proof.mjs';

/**
 * @typedef {object} Format
 * @property {string} name
 * @property {string} format
 * @property {object} [options]
 * @property {number} goal how often as long as `\copy` it may take
 */

/** @type {Format[]} */
export const formats = [
  { name: 'CSV, texts as they are', format: 'csv', options: { raw: true }, goal: 0.85 },
  { name: 'CSV, formulas neutralised', format: 'csv', goal: 0.95 },
  { name: 'JSON', format: 'json', goal: 1.45 },
  { name: 'NDJSON', format: 'ndjson', goal: 1.45 },
  { name: 'XML', format: 'xml', goal: 2.1 },
  { name: 'XLSX', format: 'xlsx', goal: 2.1 },
  { name: 'Parquet', format: 'parquet', goal: 2 },
];

const mostGenerated = 1_000_000;

const made = `
  SELECT gen_random_uuid() AS id,
         round((n * 7919 % 1000000) / 100.0 - 2500, 2)::numeric(12,2) AS amount,
         CASE n % 8 WHEN 0 THEN 'He said "no", then left' WHEN 1 THEN E'two\\nlines, of ' || n WHEN 2 THEN NULL
                    WHEN 3 THEN '=SUM(A1:A' || n || ')' ELSE 'Ordinary text of row ' || n END AS title,
         jsonb_build_object('n', n, 'tags', jsonb_build_array('a', n % 10), 'note', 'x "y"') AS details,
         n % 3 = 0 AS is_active,
         timestamptz '2020-01-01' + n * interval '37.25 seconds' AS created_at,
         (n % 100000)::int AS quantity,
         CASE WHEN n % 5 = 0 THEN '' ELSE md5(n::text) END AS note
  FROM generate_series(1::bigint, ROWS) n`;

/** What `\copy` and the libraries read. @param {string} table */
export const queryOf = (table) =>
  `SELECT id, amount, title, details, is_active, created_at, quantity, note FROM ${table}`;

/**
 * Makes a table of so many rows, unless it is there, and allows it to be exported.
 * @param {string} databaseUrl
 * @param {number} rows
 * @returns {Promise<string>} its name
 */
export async function mixedTable(databaseUrl, rows) {
  const table = `mixed_${rows}`;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: found } = await client.query('SELECT to_regclass($1) IS NOT NULL AS exists', [table]);
    if (found[0].exists) return table;
    // Without the WAL it takes half the time, and is read no differently.
    await client.query(`CREATE UNLOGGED TABLE ${table} AS ${await selectOf(databaseUrl, rows)}`);
    await client.query(`VACUUM ANALYZE ${table}`);
    await client.query('INSERT INTO export_data_types (name, tables, owners) VALUES ($1, $2, $3)', [
      table,
      JSON.stringify([table]),
      '{}',
    ]);
    return table;
  } finally {
    await client.end();
  }
}

/** Copying rows is faster than making them. @param {string} databaseUrl @param {number} rows */
async function selectOf(databaseUrl, rows) {
  if (rows <= mostGenerated) return made.replace('ROWS', String(rows));
  const source = await mixedTable(databaseUrl, mostGenerated);
  return `${queryOf(source)}, generate_series(1, ${rows / mostGenerated})`;
}

/**
 * @param {import('../../dev/service/client.mjs').ApiClient} client
 * @param {string} table
 * @param {Pick<Format, 'format' | 'options'>} format
 */
export const requestTable = (client, table, { format, options }) =>
  client.requestBulkExport({ tables: [table], format, ...(options && { options }) });

/** Seldom: asking costs the very process that is measured. */
const pauseMs = 100;

/**
 * Exports the table, proves the file, and removes it again.
 * @param {import('../support/environment.mjs').BenchEnvironment} environment
 * @param {import('../../dev/service/client.mjs').ApiClient} client
 * @param {string} table
 * @param {Pick<Format, 'format' | 'options'>} format
 * @param {{ isProven?: boolean }} [how] whether the file is compared with the table, which costs nothing of the time
 * @returns {Promise<{ record: import('../../dev/service/client.mjs').ExportRecord, wallMs: number }>} from the POST to
 *   the record's completion, by one clock
 */
export async function exportTable(environment, client, table, format, { isProven = false } = {}) {
  const requested = performance.timeOrigin + performance.now();
  const { record } = await timed(client, () => requestTable(client, table, format), pauseMs);
  if (`mixed_${record.record_count}` !== table) throw new Error(`${table}: ${record.record_count} rows in the file`);
  if (isProven) await prove(environment, record, table);
  environment.removeFileOf(record);
  return { record, wallMs: Date.parse(record.completed_at ?? '') - requested };
}
