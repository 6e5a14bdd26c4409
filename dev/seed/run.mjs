// @ts-check
import { parseArgs } from 'node:util';
import { databaseOfStack } from '../live/database-note.mjs';
import { administrator, holdEventsFor, seedPlatform } from './platform.mjs';

const usage =
  'Usage: npm run seed [-- --rows <number of transactions, 1000 when left out> --customer <id of the one that events are held for>]';

/** @param {string[]} args */
export async function run(args) {
  const { rows, customer } = readArguments(args);
  const databaseUrl = process.env['DATABASE_URL'] || databaseOfStack();
  if (!databaseUrl) {
    throw new Error('There is no database to fill: start `npm run dev` in another terminal, or set DATABASE_URL.');
  }
  console.log(`Making up ${rows.toLocaleString('en')} transactions, and all else in proportion …`);
  const startedAt = Date.now();
  const { tables, example } = await seedPlatform(databaseUrl, { rows }).catch(explain);
  if (customer) await holdEventsFor(databaseUrl, customer);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  const lines = tables.map((line) => `  ${line.table.padEnd(20)} ${line.rows.toLocaleString('en').padStart(12)}`);
  console.log(`
${lines.join('\n')}

Done in ${seconds} s. ${example.name} has rows in every table; act for them by
  npm run -s token -- --sub ${example.id}
The schedules daily_transactions and weekly_users wait for the keys of their bucket; they belong to
  npm run -s token -- --sub ${administrator} --role admin`);
}

/** @param {string[]} args */
function readArguments(args) {
  const options = /** @type {const} */ ({ rows: { type: 'string', default: '1000' }, customer: { type: 'string' } });
  const { values } = parseArgs({ args, options });
  const rows = Number(values.rows.replaceAll(/[_,]/g, ''));
  if (!(rows > 0)) throw new Error(usage);
  return { rows, customer: values.customer };
}

/** @param {unknown} error @returns {never} */
function explain(error) {
  if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') {
    throw new Error(
      `No database answers (${error.message}): start \`npm run dev\` in another terminal, or set DATABASE_URL.`,
    );
  }
  throw error;
}
