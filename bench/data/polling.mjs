// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { timed } from '../support/environment.mjs';
import { askEveryMs, keepBusy, latenciesOf, phase, phaseMs } from '../support/latency.mjs';
import { ms } from '../support/report.mjs';
import { mixedTable, requestTable } from './mixed-table.mjs';

const rows = 1_000_000;
const warmUpRows = 100_000;
const atOnce = ['csv', 'json', 'xml', 'xlsx'];
const goalRatio = 3;
const goalLoopMs = 100;

/** Slow enough to leave cores free. */
const pace = '50000rows';

/** @type {import('../support/environment.mjs').Bench} */
export const dataPolling = {
  name: 'data-polling',
  async measure(environment) {
    const { databaseUrl } = environment;
    const small = await mixedTable(databaseUrl, environment.size(warmUpRows));
    const large = await mixedTable(databaseUrl, environment.size(rows));
    const { idle, busy } = await askMeanwhile(environment, { small, large, settings: {} });
    const gentle = await askMeanwhile(environment, { small, large, settings: { EXPORT_PACE: pace } });

    const ratio = busy.p99 / idle.p99;
    const load = `while ${rows.toLocaleString('en')} rows each go to ${atOnce.join(', ')} at once`;
    return [
      { what: `status, nothing else to do (${idle.count} asked, one every ${askEveryMs} ms)`, seen: latenciesOf(idle) },
      { what: `status, ${load}`, seen: latenciesOf(busy) },
      { what: 'p99 of the two', seen: `${ratio.toFixed(1)} ×`, goal: `≤ ${goalRatio} ×`, met: ratio <= goalRatio },
      {
        what: 'longest the event loop was held up (its timer of 10 ms included): idle, exporting',
        seen: `${ms(idle.eventLoopMax)}, ${ms(busy.eventLoopMax)}`,
        goal: `≤ ${goalLoopMs} ms`,
        met: busy.eventLoopMax <= goalLoopMs,
      },
      {
        what: `status, the same load with EXPORT_PACE=${pace}`,
        seen: `${latenciesOf(gentle.busy)}: ${(gentle.busy.p99 / gentle.idle.p99).toFixed(1)} × idle`,
      },
    ];
  },
};

/**
 * Asks for a status when the service is idle, and while it exports.
 * @param {import('../support/environment.mjs').BenchEnvironment} environment
 * @param {{ small: string, large: string, settings: Record<string, string> }} wanted the tables, and settings of the service
 */
async function askMeanwhile(environment, { small, large, settings }) {
  const service = await environment.startService(settings);
  const client = environment.clientOf(service);
  const [{ record }] = await Promise.all(
    atOnce.map((format) => timed(client, () => requestTable(client, small, { format }))),
  );
  await sleep(1000);

  const ask = async () => void (await client.status(record.id));
  const idle = await phase(service.url, ask, environment.size(phaseMs));
  const exporting = keepBusy(
    atOnce.map((format) => async () => {
      const exported = await client.follow(await requestTable(client, large, { format }));
      if (exported.status !== 'completed') throw new Error(`${format} ended as ${exported.status}`);
      environment.removeFileOf(exported);
    }),
  );
  const busy = await phase(service.url, ask, environment.size(phaseMs));
  await exporting.end();
  await service.stop();
  return { idle, busy };
}
