// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { canMeasureMemory, peakBytes, resetPeak, residentBytes } from '../support/memory.mjs';
import { megabytes } from '../support/report.mjs';
import { exportTable, formats, mixedTable } from './mixed-table.mjs';

const sizes = [100_000, 5_000_000];
const goalBytes = 120e6;
const settlingSeconds = 15;

/**
 * A process for each format, which has exported nothing before: nothing is warm, and nothing is left of another.
 * @type {import('../support/environment.mjs').Bench}
 */
export const dataMemory = {
  name: 'data-memory',
  async measure(environment) {
    if (!canMeasureMemory) return [{ what: 'peak memory of data exports', seen: 'not measured: no /proc here' }];
    const tables = [];
    for (const rows of sizes) tables.push(await mixedTable(environment.databaseUrl, environment.size(rows)));
    const found = [];
    for (const format of formats) found.push({ format, above: await peaksOf(format, tables, environment) });
    const labels = sizes.map((rows) => rows.toLocaleString('en')).join(' and ');
    return found.map(({ format, above }) => ({
      what: `peak memory of the service above idle, ${labels} rows: ${format.name}`,
      seen: above.map(megabytes).join(', '),
      goal: `< ${megabytes(goalBytes)}`,
      met: above.every((bytes) => bytes < goalBytes),
    }));
  },
};

/**
 * @param {import('./mixed-table.mjs').Format} format
 * @param {string[]} tables
 * @param {import('../support/environment.mjs').BenchEnvironment} environment
 */
async function peaksOf(format, tables, environment) {
  const service = await environment.startService();
  const client = environment.clientOf(service);
  const idle = await settledBytes(service.pid);
  const above = [];
  for (const table of tables) {
    resetPeak(service.pid);
    await exportTable(environment, client, table, format);
    above.push(peakBytes(service.pid) - idle);
  }
  await service.stop();
  return above;
}

/** What the start leaves behind is given back only after a while: until then, much would fit in without being seen. */
async function settledBytes(/** @type {number} */ pid) {
  let least = residentBytes(pid);
  for (let second = 0; second < settlingSeconds; second++) {
    await sleep(1000);
    least = Math.min(least, residentBytes(pid));
  }
  return least;
}
