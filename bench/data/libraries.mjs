// @ts-check
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture } from '../../dev/process.mjs';
import { megabytes, seconds, times } from '../support/report.mjs';
import { median } from '../support/statistics.mjs';
import { copyName, copyToFile } from './copy.mjs';
import { exportTable, mixedTable, queryOf } from './mixed-table.mjs';

const rows = 200_000;
const rounds = 3;
const program = fileURLToPath(new URL('library.child.mjs', import.meta.url));
const rivals = [
  { format: 'csv', name: 'csv-stringify' },
  { format: 'json', name: 'JSON.stringify' },
  { format: 'xlsx', name: 'xlsx-write-stream' },
];

/**
 * What is usual: rows by a cursor, 1,000 at once, and a library that makes text of them.
 * @type {import('../support/environment.mjs').Bench}
 */
export const dataLibraries = {
  name: 'data-libraries',
  async measure(environment) {
    const { databaseUrl, storage } = environment;
    const table = await mixedTable(databaseUrl, environment.size(rows));
    const service = await environment.startService();
    const client = environment.clientOf(service);
    for (const rival of rivals) await exportTable(environment, client, table, rival);

    const measured = rivals.map((rival) => ({ ...rival, runs: /** @type {Run[]} */ ([]) }));
    for (let round = 0; round < environment.rounds(rounds); round++) {
      for (const { runs, ...rival } of measured) {
        const copyMs = await copyToFile(databaseUrl, queryOf(table), join(storage, 'copied.csv'));
        const { wallMs } = await exportTable(environment, client, table, rival);
        runs.push({ copyMs, ownMs: wallMs, ...(await runLibrary(rival.format, databaseUrl, table, storage)) });
      }
    }
    await service.stop();
    return measured.map(rowOf);
  },
};

/** @typedef {{ copyMs: number, ownMs: number, libraryMs: number, peak: number }} Run */

/** @param {{ format: string, name: string, runs: Run[] }} measured */
function rowOf({ format, name, runs }) {
  const middle = (/** @type {(run: Run) => number} */ of) => median(runs.map(of));
  const toOwn = times(middle(({ libraryMs, ownMs }) => libraryMs / ownMs));
  const toCopy = times(middle(({ libraryMs, copyMs }) => libraryMs / copyMs));
  const [took, peak] = [seconds(middle(({ libraryMs }) => libraryMs)), megabytes(middle((run) => run.peak))];
  return {
    what: `${rows.toLocaleString('en')} rows by a cursor and ${name} in place of our ${format.toUpperCase()}; in place of ${copyName} (medians of ${runs.length})`,
    seen: `${toOwn} as long; ${toCopy} (${took}, ${peak} of memory)`,
  };
}

/**
 * @param {string} format
 * @param {string} databaseUrl
 * @param {string} table
 * @param {string} storage
 */
async function runLibrary(format, databaseUrl, table, storage) {
  const args = [program, format, databaseUrl, queryOf(table), join(storage, `by-library.${format}`)];
  const startedAt = performance.now();
  const { code, stdout, output } = await capture(process.execPath, args);
  if (code !== 0) throw new Error(`The library's ${format} failed: ${output.trim()}`);
  return { libraryMs: performance.now() - startedAt, peak: Number(stdout) };
}
