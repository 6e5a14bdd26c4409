// @ts-check
import { exampleBoard } from '../../dev/service/example-boards.mjs';
import { timedExport } from '../support/environment.mjs';
import { megabytes, ms } from '../support/report.mjs';
import { median, repeat } from '../support/statistics.mjs';

const times = 5;
const goalMs = 2000;
const goalPdfBytes = 6_000_000;

/** @type {import('../support/environment.mjs').Bench} */
export const thirtyPages = {
  name: 'thirty-pages',
  async measure(environment) {
    const service = await environment.startService();
    const client = environment.clientOf(service);
    const { id } = await client.createSession('thirty pages', exampleBoard('08-thirty-pages'));
    const rows = [];
    for (const format of ['png', 'pdf']) {
      const runs = await repeat(environment.rounds(times), () => timedExport(client, id, format));
      const wall = median(runs.map(({ wallMs }) => wallMs));
      const server = median(runs.map(({ serverMs }) => serverMs));
      const size = runs[0]?.record.file_size ?? 0;
      const sizeGoal = format === 'pdf' ? `, ≤ ${megabytes(goalPdfBytes)}` : '';
      rows.push({
        what: `30 pages to ${format.toUpperCase()}, from POST to \`completed\` (median of ${times})`,
        seen: `${ms(wall)} (the export itself ${ms(server)}), ${megabytes(size)}`,
        goal: `≤ ${goalMs} ms${sizeGoal}`,
        met: wall <= goalMs && (format !== 'pdf' || size <= goalPdfBytes),
      });
    }
    await service.stop();
    return rows;
  },
};
