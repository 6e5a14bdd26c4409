// @ts-check
import { availableParallelism } from 'node:os';
import { seconds } from '../support/report.mjs';
import { median, repeat } from '../support/statistics.mjs';
import { spanOf } from '../support/span.mjs';
import { mixedTable, requestTable } from './mixed-table.mjs';

const rows = 200_000;
const format = 'json';
const exportsAtOnce = 8;
const rounds = 3;
const goalRatio = 1.7;
/** An export keeps a worker and a server process of PostgreSQL busy. */
const coresNeeded = 4;

/**
 * Each worker with one export at a time, so that a second one is a second pair of hands.
 * @type {import('../support/environment.mjs').Bench}
 */
export const dataWorkers = {
  name: 'data-workers',
  async measure(environment) {
    const table = await mixedTable(environment.databaseUrl, environment.size(rows));
    const worker = { ROLE: 'worker', EXPORT_CONCURRENCY: '1' };
    const api = await environment.startService({ ROLE: 'api' });
    const client = environment.clientOf(api);
    const batch = async () => {
      const records = await Promise.all(
        Array.from({ length: exportsAtOnce }, async () => client.follow(await requestTable(client, table, { format }))),
      );
      const span = spanOf(records);
      records.forEach((record) => environment.removeFileOf(record));
      return span;
    };

    const first = await environment.startService(worker);
    const withOne = median(await repeat(environment.rounds(rounds), batch));
    const second = await environment.startService(worker);
    const withTwo = median(await repeat(environment.rounds(rounds), batch));

    await Promise.all([first.stop(), second.stop()]);
    await api.stop();
    const ratio = withOne / withTwo;
    return [
      {
        what: `${exportsAtOnce} × ${rows.toLocaleString('en')} rows to JSON: two worker processes instead of one, an export at a time each (medians of ${rounds})`,
        seen: `${ratio.toFixed(2)} × (${seconds(withOne)}, ${seconds(withTwo)})`,
        goal: `≥ ${goalRatio} × with ${coresNeeded} cores or more`,
        met: availableParallelism() < coresNeeded ? undefined : ratio >= goalRatio,
      },
    ];
  },
};
