// @ts-check
import { join } from 'node:path';
import { megabytes, seconds, times } from '../support/report.mjs';
import { median } from '../support/statistics.mjs';
import { copyName, copyToFile } from './copy.mjs';
import { exportTable, formats, mixedTable, queryOf } from './mixed-table.mjs';

const rows = 1_000_000;
const warmUpRows = 100_000;
const rounds = 5;
const goalOfSplitting = 0.85;

/** @type {import('./mixed-table.mjs').Format} */
const csv = {
  name: 'CSV, texts as they are, read by one connection',
  format: 'csv',
  options: { raw: true },
  goal: 1.3,
};

/**
 * Each export right after a copy of its own: what else the machine does meanwhile slows down both. Each file is proven.
 * @type {import('../support/environment.mjs').Bench}
 */
export const dataFormats = {
  name: 'data-formats',
  async measure(environment) {
    const { databaseUrl } = environment;
    const small = await mixedTable(databaseUrl, environment.size(warmUpRows));
    const large = await mixedTable(databaseUrl, environment.size(rows));
    const split = await measureFormats(environment, { small, large, chosen: formats, settings: {} });
    const [single] = await measureFormats(environment, {
      small,
      large,
      chosen: [csv],
      settings: { EXPORT_PARALLELISM: '1' },
    });
    const all = [...split, ...(single ? [single] : [])];
    const copies = all.flatMap(({ runs }) => runs.map(({ copyMs }) => copyMs));
    const gain = split[0] && single ? ratioOf(split[0]) / ratioOf(single) : NaN;
    return [
      {
        what: `${large.slice('mixed_'.length)} rows × 8 mixed columns by ${copyName} to a file (median of ${copies.length})`,
        seen: seconds(median(copies)),
      },
      ...all.map(rowOf),
      {
        what: 'CSV, texts as they are: all connections against one',
        seen: times(gain),
        goal: `≤ ${goalOfSplitting} ×`,
        met: gain <= goalOfSplitting,
      },
    ];
  },
};

/** @typedef {{ copyMs: number, wallMs: number, size: number }} Run */
/** @typedef {import('./mixed-table.mjs').Format & { runs: Run[] }} Measured */

/**
 * @param {import('../support/environment.mjs').BenchEnvironment} environment
 * @param {{ small: string, large: string, chosen: import('./mixed-table.mjs').Format[], settings: Record<string, string> }} wanted
 * @returns {Promise<Measured[]>}
 */
async function measureFormats(environment, { small, large, chosen, settings }) {
  const { databaseUrl, storage } = environment;
  const service = await environment.startService(settings);
  const client = environment.clientOf(service);
  const copy = () => copyToFile(databaseUrl, queryOf(large), join(storage, 'copied.csv'));
  for (const format of chosen) await exportTable(environment, client, small, format, { isProven: true });
  await copy();
  const measured = chosen.map((format) => ({ ...format, runs: /** @type {Run[]} */ ([]) }));
  for (let round = 0; round < environment.rounds(rounds); round++) {
    for (const { runs, ...format } of measured) {
      const copyMs = await copy();
      const { record, wallMs } = await exportTable(environment, client, large, format, { isProven: true });
      runs.push({ copyMs, wallMs, size: record.file_size ?? 0 });
    }
  }
  await service.stop();
  return measured;
}

/** @param {Measured} measured */
const ratioOf = ({ runs }) => median(runs.map(({ copyMs, wallMs }) => wallMs / copyMs));

/** @param {Measured} measured */
function rowOf({ name, goal, runs, ...format }) {
  const ratio = ratioOf({ name, goal, runs, ...format });
  return {
    what: `the same rows, from POST to \`completed\`, each file proven: ${name} (median of ${runs.length})`,
    seen: `${times(ratio)} (${seconds(median(runs.map(({ wallMs }) => wallMs)))}, ${megabytes(runs[0]?.size ?? 0)})`,
    goal: `≤ ${goal} ×`,
    met: ratio <= goal,
  };
}
