// @ts-check
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { capture } from '../../dev/process.mjs';
import { keepBusy } from '../support/latency.mjs';
import { ms } from '../support/report.mjs';
import { percentile } from '../support/statistics.mjs';
import { mixedTable, requestTable } from './mixed-table.mjs';

const rows = 5_000_000;
const accounts = 100_000;
const clients = 4;
const phaseMs = 30_000;
const program = fileURLToPath(new URL('transactions.child.mjs', import.meta.url));

/** @type {{ name: string, settings: Record<string, string> | null }[]} */
const loads = [
  { name: 'no export', settings: null },
  ...[1, 2, 4].map((connections) => ({
    name: `an export by ${connections} connection${connections === 1 ? '' : 's'}`,
    settings: { EXPORT_PARALLELISM: String(connections) },
  })),
  { name: 'an export at EXPORT_PACE=20MB', settings: { EXPORT_PACE: '20MB' } },
];

/** What the platform's own transactions pay for exports on its server. @type {import('../support/environment.mjs').Bench} */
export const platformCost = {
  name: 'platform-cost',
  async measure(environment) {
    const { databaseUrl } = environment;
    const table = await mixedTable(databaseUrl, environment.size(rows));
    await createAccounts(databaseUrl);
    const args = [program, databaseUrl, String(clients), String(environment.size(phaseMs)), String(accounts)];
    const found = [];
    for (const { name, settings } of loads) {
      const service = settings && (await environment.startService(settings));
      const client = service && environment.clientOf(service);
      const exporting = keepBusy(client ? [() => exportOnce(environment, client, table)] : []);
      const { code, stdout, output } = await capture(process.execPath, args);
      if (code !== 0) throw new Error(`The transactions failed: ${output.trim()}`);
      const exported = await exporting.end();
      await service?.stop();
      const taken = /** @type {number[]} */ (JSON.parse(stdout));
      found.push({ name, exported, count: taken.length, p50: percentile(taken, 50), p99: percentile(taken, 99) });
    }
    const quiet = found[0]?.p99 ?? NaN;
    return found.map(({ name, exported, count, p50, p99 }) => ({
      what: `${clients} clients with transactions like TPC-B, beside ${name} (${count} transactions, ${exported} exports)`,
      seen: `p50 ${ms(p50)}, p99 ${ms(p99)}, ${(p99 / quiet).toFixed(1)} ×`,
    }));
  },
};

/**
 * @param {import('../support/environment.mjs').BenchEnvironment} environment
 * @param {import('../../dev/service/client.mjs').ApiClient} client
 * @param {string} table
 */
async function exportOnce(environment, client, table) {
  const record = await client.follow(await requestTable(client, table, { format: 'csv' }));
  if (record.status !== 'completed') throw new Error(`An export ended as ${record.status}: ${record.error}`);
  environment.removeFileOf(record);
}

/** @param {string} databaseUrl */
async function createAccounts(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`
      DROP TABLE IF EXISTS bench_accounts, bench_branches, bench_history;
      CREATE TABLE bench_accounts AS SELECT n AS id, n % 10 + 1 AS branch, 0::bigint AS balance FROM generate_series(1, ${accounts}) n;
      ALTER TABLE bench_accounts ADD PRIMARY KEY (id);
      CREATE TABLE bench_branches AS SELECT n AS id, 0::bigint AS balance FROM generate_series(1, 10) n;
      ALTER TABLE bench_branches ADD PRIMARY KEY (id);
      CREATE TABLE bench_history (account int, branch int, delta int, at timestamptz DEFAULT now())`);
    await client.query('VACUUM ANALYZE bench_accounts');
  } finally {
    await client.end();
  }
}
