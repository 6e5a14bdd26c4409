// @ts-check
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture } from '../../dev/process.mjs';
import { seconds, times } from '../support/report.mjs';
import { median } from '../support/statistics.mjs';
import { copyName, copyToFile } from './copy.mjs';
import { exportTable, mixedTable, queryOf } from './mixed-table.mjs';
import { proveFile } from './proof.mjs';

const rows = 1_000_000;
const rounds = 5;
const copyProgram = fileURLToPath(new URL('copy.child.mjs', import.meta.url));
const libraryProgram = fileURLToPath(new URL('library.child.mjs', import.meta.url));

/**
 * The usual ways to a CSV of one table, in turns: what else the machine does meanwhile slows down all of them. Each file is proven.
 * @type {import('../support/environment.mjs').Bench}
 */
export const peers = {
  name: 'peers',
  async measure(environment) {
    const { databaseUrl, storage } = environment;
    const table = await mixedTable(databaseUrl, environment.size(rows));
    const service = await environment.startService();
    const client = environment.clientOf(service);
    const path = join(storage, 'by-peer.csv');
    const run = (/** @type {string[]} */ args) => timeProgram(args);
    const ways = [
      { name: copyName, measure: () => copyToFile(databaseUrl, queryOf(table), path), path },
      { name: 'pg-copy-streams to a file', measure: () => run([copyProgram, databaseUrl, queryOf(table), path]), path },
      {
        name: 'a cursor and csv-stringify',
        measure: () => run([libraryProgram, 'csv', databaseUrl, queryOf(table), path]),
        path,
      },
      {
        name: 'this service, from POST to `completed`, SHA-256 and fsync included',
        measure: async () => {
          const format = { format: 'csv', options: { raw: true } };
          return (await exportTable(environment, client, table, format, { isProven: true })).wallMs;
        },
      },
    ].map((way) => ({ ...way, runs: /** @type {number[]} */ ([]) }));
    const isWarm = environment.rounds(rounds) > 1;
    for (let round = isWarm ? -1 : 0; round < environment.rounds(rounds); round++) {
      for (const way of ways) {
        const took = await way.measure();
        // Null and the empty text are the same in the CSV of the library.
        if (way.path && !way.name.includes('csv-stringify')) await proveFile(databaseUrl, way.path, 'csv', table);
        if (round >= 0) way.runs.push(took);
      }
    }
    await service.stop();
    const [copy] = ways;
    return ways.map(({ name, runs }) => ({
      what: `${table.slice('mixed_'.length)} rows × 8 mixed columns to CSV by ${name} (median of ${runs.length})`,
      seen: `${seconds(median(runs))}, ${times(median(runs.map((took, round) => took / (copy?.runs[round] ?? NaN))))}`,
    }));
  },
};

/** @param {string[]} args @returns {Promise<number>} milliseconds */
async function timeProgram(args) {
  const startedAt = performance.now();
  const { code, output } = await capture(process.execPath, args);
  if (code !== 0) throw new Error(`A program of a peer failed: ${output.trim()}`);
  return performance.now() - startedAt;
}
