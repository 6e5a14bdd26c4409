// @ts-check
import { join } from 'node:path';
import { megabytes, seconds, times } from '../support/report.mjs';
import { median } from '../support/statistics.mjs';
import { copyName, copyToFile } from './copy.mjs';
import { exportTable, formats, mixedTable, queryOf } from './mixed-table.mjs';

const rows = 1_000_000;
const warmUpRows = 100_000;
const rounds = 3;

/**
 * Each export right after a copy of its own: what else the machine does meanwhile slows down both.
 * @type {import('../support/environment.mjs').Bench}
 */
export const dataFormats = {
  name: 'data-formats',
  async measure(environment) {
    const { databaseUrl, storage } = environment;
    const [small, large] = [await mixedTable(databaseUrl, warmUpRows), await mixedTable(databaseUrl, rows)];
    const service = await environment.startService();
    const client = environment.clientOf(service);
    const copy = () => copyToFile(databaseUrl, queryOf(large), join(storage, 'copied.csv'));
    for (const format of formats) await exportTable(environment, client, small, format);
    await copy();

    const measured = formats.map((format) => ({ ...format, runs: /** @type {Run[]} */ ([]) }));
    for (let round = 0; round < rounds; round++) {
      for (const { runs, ...format } of measured) {
        const copyMs = await copy();
        const { record, wallMs } = await exportTable(environment, client, large, format);
        runs.push({ copyMs, wallMs, size: record.file_size ?? 0 });
      }
    }
    await service.stop();
    const copies = measured.flatMap(({ runs }) => runs.map(({ copyMs }) => copyMs));
    return [
      {
        what: `${rows.toLocaleString('en')} rows × 8 mixed columns by ${copyName} to a file (median of ${copies.length})`,
        seen: seconds(median(copies)),
      },
      ...measured.map(rowOf),
    ];
  },
};

/** @typedef {{ copyMs: number, wallMs: number, size: number }} Run */

/** @param {import('./mixed-table.mjs').Format & { runs: Run[] }} measured */
function rowOf({ name, goal, runs }) {
  const ratio = median(runs.map(({ copyMs, wallMs }) => wallMs / copyMs));
  return {
    what: `the same rows, from POST to \`completed\`: ${name} (median of ${runs.length})`,
    seen: `${times(ratio)} (${seconds(median(runs.map(({ wallMs }) => wallMs)))}, ${megabytes(runs[0]?.size ?? 0)})`,
    goal: `≤ ${goal} ×`,
    met: ratio <= goal,
  };
}
