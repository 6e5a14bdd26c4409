// @ts-check
import { exampleBoard } from '../../dev/service/example-boards.mjs';
import { ms } from '../support/report.mjs';
import { spanOf } from '../support/span.mjs';
import { median, repeat } from '../support/statistics.mjs';

const exportsAtOnce = 8;
const times = 3;
const goalRatio = 1.7;

/**
 * Each worker with one drawing thread, so that a second one is a second pair of hands and not the same two cores
 * shared again.
 * @type {import('../support/environment.mjs').Bench}
 */
export const twoWorkers = {
  name: 'two-workers',
  async measure(environment) {
    const worker = { ROLE: 'worker', DRAWING_THREADS: '1' };
    const api = await environment.startService({ ROLE: 'api' });
    const client = environment.clientOf(api);
    const { id } = await client.createSession('thirty pages', exampleBoard('08-thirty-pages'));
    // Followed at the pace the service asks for, and timed by its records: asking often would cost what is measured.
    const batch = async () => {
      const records = await Promise.all(
        Array.from({ length: exportsAtOnce }, async () => client.follow(await client.requestBoardExport(id, 'pdf'))),
      );
      return spanOf(records);
    };

    const first = await environment.startService(worker);
    const withOne = median(await repeat(environment.rounds(times), batch));
    const second = await environment.startService(worker);
    const withTwo = median(await repeat(environment.rounds(times), batch));

    await Promise.all([first.stop(), second.stop()]);
    await api.stop();
    const ratio = withOne / withTwo;
    return [
      {
        what: `${exportsAtOnce} × 30 pages to PDF: two worker processes instead of one, a drawing thread each (medians of ${times})`,
        seen: `${ratio.toFixed(2)} × (${ms(withOne)}, ${ms(withTwo)})`,
        goal: `≥ ${goalRatio} × where the cores allow`,
        met: ratio >= goalRatio,
      },
    ];
  },
};
