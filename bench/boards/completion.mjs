// @ts-check
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { exampleBoard } from '../../dev/service/example-boards.mjs';
import { timedExport } from '../support/environment.mjs';
import { ms } from '../support/report.mjs';
import { median, repeat } from '../support/statistics.mjs';

const times = 20;
const goalMs = 50;
const pauseMs = 2;

/**
 * The work is done when the storage gives the whole file its name: the system notes that moment, by the same clock.
 * @type {import('../support/environment.mjs').Bench}
 */
export const completion = {
  name: 'completion',
  async measure(environment) {
    const service = await environment.startService();
    const client = environment.clientOf(service);
    const { id } = await client.createSession('small', exampleBoard('10-legacy-root'));
    const delays = await repeat(environment.rounds(times), async () => {
      const { record, answeredAt } = await timedExport(client, id, 'png', { pauseMs });
      return answeredAt - namedAt(join(environment.storage, 'exports', record.id));
    });
    await service.stop();
    return [
      {
        what: `from the whole file in the storage to \`completed\` in an answer, asked every ${pauseMs} ms (median of ${times})`,
        seen: `${ms(median(delays))}, longest ${ms(Math.max(...delays))}`,
        goal: `< ${goalMs} ms`,
        met: median(delays) < goalMs,
      },
    ];
  },
};

/** When the only file of a folder got its name, in milliseconds. @param {string} folder */
function namedAt(folder) {
  const [file] = readdirSync(folder);
  if (!file) throw new Error(`${folder} holds no file`);
  return statSync(join(folder, file)).ctimeMs;
}
