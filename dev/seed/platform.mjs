// @ts-check
// Fills the platform's tables inside PostgreSQL: no row passes through this process.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { projectRoot } from '../process.mjs';

const folder = join(projectRoot, 'prisma/seed');
const tables = [
  'users',
  'user_profiles',
  'biometric_scans',
  'biometric_templates',
  'documents',
  'document_versions',
  'payment_methods',
  'invoices',
  'subscriptions',
  'subscription_usage',
  'sessions',
  'audit_logs',
  'transactions',
  'enrollments',
  'activity_logs',
  'events',
  'event_questions',
  'event_participants',
  'event_results',
  'event_answers',
];
/** Who keeps the schedules of the platform. */
export const administrator = '00000000-0000-7000-8000-999999999999';
const fewest = 1;
const most = 100_000_000;

/**
 * @typedef {object} Seeded
 * @property {{ table: string, rows: number }[]} tables
 * @property {{ id: string, name: string }} example a person who has rows in every table
 */

/**
 * Replaces the platform's data by sample data, which is the same for the same number of rows on every run.
 * @param {string} databaseUrl a migrated database
 * @param {{ rows: number }} options how many transactions; people and all else come in proportion
 * @returns {Promise<Seeded>}
 */
export async function seedPlatform(databaseUrl, { rows }) {
  if (!Number.isInteger(rows) || rows < fewest || rows > most) {
    throw new Error(`The number of rows must be from ${fewest} to ${most}.`);
  }
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await refuseOtherPeoplesData(client);
    await prepareSession(client, rows);
    await withoutIndexes(client, async () => {
      await client.query(`TRUNCATE ${tables.join(', ')} RESTART IDENTITY`);
      for (const script of scripts()) await client.query(script);
    });
    await client.query('COMMIT');
    await client.query(`ANALYZE ${tables.join(', ')}`);
    return { tables: await countRows(client), example: await exampleOf(client) };
  } finally {
    // What is not committed by now is undone, and the tables are as they were.
    await client.end();
  }
}

/**
 * Assigns the sample events of a customer's tenant to that customer.
 * @param {string} databaseUrl
 * @param {string} customerId
 * @returns {Promise<string[]>} who organise them, each once
 */
export async function holdEventsFor(databaseUrl, customerId) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `UPDATE events SET customer_id = customers.id FROM customers
       WHERE customers.id::text = $1 AND events.tenant_id IS NOT DISTINCT FROM customers.tenant_id
       RETURNING organizer_id`,
      [customerId],
    );
    if (rows.length === 0) throw new Error(`There is no customer ${customerId}, or no event in its tenant.`);
    return [...new Set(rows.map((row) => row.organizer_id))];
  } finally {
    await client.end();
  }
}

/**
 * Repeats the payments of the last sample day for yesterday, in UTC, so that there is data of yesterday.
 * @param {string} databaseUrl
 * @returns {Promise<number>} how many transactions that makes
 */
export async function payYesterday(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query(`
      INSERT INTO transactions (user_id, tenant_id, amount, currency, status, description, metadata, is_refund, created_at)
      SELECT user_id, tenant_id, amount, currency, status, description, metadata, is_refund,
             created_at + (date_trunc('day', now(), 'UTC') - INTERVAL '1 day' - last_day)
      FROM transactions, (SELECT date_trunc('day', max(created_at), 'UTC') AS last_day FROM transactions) AS made_up
      WHERE created_at >= last_day`);
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}

/** An address given by mistake must not cost anybody their users. @param {pg.Client} client */
async function refuseOtherPeoplesData(client) {
  const { rows } = await client.query(`SELECT to_regclass('users') IS NULL AS missing`);
  if (rows[0].missing) throw new Error('The database has no table `users`: bring it up to date by `npm run migrate`.');
  const others = [
    { table: 'users', person: 'id::text', what: 'people that' },
    { table: 'events', person: 'organizer_id', what: 'events whose organisers' },
  ];
  for (const { table, person, what } of others) {
    const { rowCount } = await client.query(
      `SELECT FROM ${table} WHERE ${person} NOT LIKE '00000000-0000-7000-8000-%' LIMIT 1`,
    );
    if (!rowCount) continue;
    throw new Error(
      `The table \`${table}\` holds ${what} did not come from a seed, and seeding would delete them. Name another database by DATABASE_URL.`,
    );
  }
}

/** @param {pg.Client} client @param {number} rows */
async function prepareSession(client, rows) {
  await client.query(`
    SET LOCAL synchronous_commit = off;
    SET LOCAL maintenance_work_mem = '256MB';
    SET LOCAL max_parallel_maintenance_workers = 2;
    SET LOCAL jit = off;
    SET LOCAL TimeZone = 'UTC'`);
  await client.query(`SELECT set_config('seed.rows', $1, true)`, [String(rows)]);
}

/**
 * Building an index, or checking a foreign key, over all rows at once takes a fraction of the time it takes row by row.
 * @param {pg.Client} client
 * @param {() => Promise<void>} fill
 */
async function withoutIndexes(client, fill) {
  const { rows } = await client.query(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
            format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make
     FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY ($1::regclass[])
     UNION ALL
     SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
     FROM pg_index WHERE indrelid = ANY ($1::regclass[])
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)`,
    [tables],
  );
  for (const { drop } of rows) await client.query(drop);
  await fill();
  for (const { make } of rows) await client.query(make);
}

const scripts = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));

/** @param {pg.Client} client */
async function countRows(client) {
  const counted = [];
  for (const table of tables) {
    const { rows } = await client.query(`SELECT count(*)::float8 AS count FROM ${table}`);
    counted.push({ table, rows: rows[0].count });
  }
  return counted;
}

/** @param {pg.Client} client */
async function exampleOf(client) {
  const { rows } = await client.query('SELECT id, name FROM users ORDER BY id LIMIT 1');
  return rows[0];
}
