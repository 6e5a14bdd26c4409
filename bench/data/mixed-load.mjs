// @ts-check
import { handwrittenBoard } from '../support/handwriting.mjs';
import { timed } from '../support/environment.mjs';
import { ms } from '../support/report.mjs';
import { median } from '../support/statistics.mjs';
import { exportTable, mixedTable, requestTable } from './mixed-table.mjs';

const largeRows = 10_000_000;
const smallRows = 10_000;
const board = { strokes: 200, pointsPerStroke: 100 };
const rounds = 10;
const goalDelayMs = 1000;

/** What a large export costs small ones and boards. @type {import('../support/environment.mjs').Bench} */
export const mixedLoad = {
  name: 'mixed-load',
  async measure(environment) {
    const { databaseUrl } = environment;
    const small = await mixedTable(databaseUrl, smallRows);
    const large = await mixedTable(databaseUrl, Math.max(200_000, environment.size(largeRows)));
    const service = await environment.startService();
    const client = environment.clientOf(service);
    const { id } = await client.createSession('board', handwrittenBoard(board));
    const works = {
      'a small export': async () => (await exportTable(environment, client, small, { format: 'csv' })).wallMs,
      'a board to PNG': async () => (await timed(client, () => client.requestBoardExport(id, 'png'))).wallMs,
    };
    const measure = async () => {
      const seen = [];
      for (const [name, work] of Object.entries(works)) {
        const runs = [];
        while (runs.length < environment.rounds(rounds)) runs.push(await work());
        seen.push({ name, runs });
      }
      return seen;
    };
    await measure();
    const alone = await measure();
    const running = await requestTable(client, large, { format: 'csv' });
    const beside = await measure();
    const { record } = await client.status(running.id);
    const ended = await client.follow(running);
    await service.stop();
    if (ended.status !== 'completed') throw new Error(`The large export ended as ${ended.status}: ${ended.error}`);
    environment.removeFileOf(ended);
    const state = record.status === 'processing' ? '' : ', which ended meanwhile';
    return alone.map(({ name, runs }, index) => {
      const besides = beside[index]?.runs ?? [];
      const delay = Math.max(...besides) - median(runs);
      return {
        what: `${name}: alone, and beside an export of ${large.slice('mixed_'.length)} rows${state} (medians of ${runs.length}; the longest delay)`,
        seen: `${ms(median(runs))}, ${ms(median(besides))}; ${ms(delay)}`,
        goal: `delay ≤ ${goalDelayMs} ms`,
        met: delay <= goalDelayMs,
      };
    });
  },
};
