// @ts-check
import { availableParallelism } from 'node:os';
import { seconds } from '../support/report.mjs';
import { spanOf } from '../support/span.mjs';
import { median, repeat } from '../support/statistics.mjs';
import { mixedTable, requestTable } from './mixed-table.mjs';
import { proveParts } from './proof.mjs';

const rows = 4_000_000;
const parts = 32;
const workerCounts = [1, 2, 4, 8];
const rounds = 3;
const goalEfficiency = 0.85;

/**
 * One export of several files by more and more workers, each with one part at a time. PostgreSQL is on the same machine: a worker
 * and its server process need about a core each.
 * @type {import('../support/environment.mjs').Bench}
 */
export const dataParts = {
  name: 'parts',
  async measure(environment) {
    const table = await mixedTable(environment.databaseUrl, environment.size(rows));
    const api = await environment.startService({ ROLE: 'api' });
    const client = environment.clientOf(api);
    const workers = [];
    /** @type {number[]} milliseconds */
    const spans = [];
    for (const count of workerCounts) {
      while (workers.length < count) {
        workers.push(await environment.startService({ ROLE: 'worker', EXPORT_CONCURRENCY: '1' }));
      }
      const run = async () => {
        const options = { parts };
        const record = await client.follow(await requestTable(client, table, { format: 'csv', options }));
        if (record.status !== 'completed') throw new Error(`The export ended as ${record.status}: ${record.error}`);
        await proveParts(environment, record, table);
        environment.removeFileOf(record);
        return spanOf([record]);
      };
      await run();
      spans.push(median(await repeat(environment.rounds(rounds), run)));
    }
    await Promise.all(workers.map((worker) => worker.stop()));
    await api.stop();
    const [alone = NaN] = spans;
    return workerCounts.map((count, index) => {
      const span = spans[index] ?? NaN;
      const efficiency = alone / span / count;
      return {
        what: `${parts} parts of ${environment.size(rows).toLocaleString('en')} rows to CSV by ${count} ${count === 1 ? 'worker' : 'workers'} (median of ${rounds})`,
        seen: `${seconds(span)}, ${(alone / span).toFixed(2)} ×, efficiency ${efficiency.toFixed(2)}`,
        goal: `≥ ${goalEfficiency} while there are two cores for each worker`,
        met: availableParallelism() < 2 * count ? undefined : efficiency >= goalEfficiency,
      };
    });
  },
};
