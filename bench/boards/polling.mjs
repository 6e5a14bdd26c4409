// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { exampleBoard } from '../../dev/service/example-boards.mjs';
import { handwrittenBoard } from '../support/handwriting.mjs';
import { timedExport } from '../support/environment.mjs';
import { askEveryMs, keepBusy, latenciesOf, phase, phaseMs } from '../support/latency.mjs';
import { ms } from '../support/report.mjs';
import { hugeSize } from './huge-board.mjs';

const drawnAtOnce = 4;
const goalMs = 100;
const goalRatio = 3;

/** @type {import('../support/environment.mjs').Bench} */
export const polling = {
  name: 'polling',
  async measure(environment) {
    const service = await environment.startService();
    const client = environment.clientOf(service);
    const small = await client.createSession('small', exampleBoard('03-shapes-arrows'));
    const { record } = await timedExport(client, small.id, 'png');
    const huge = await client.createSession('huge', handwrittenBoard(hugeSize));
    // The first exports load the drawing threads.
    await Promise.all(Array.from({ length: drawnAtOnce }, () => timedExport(client, huge.id, 'png')));
    await sleep(1000);

    const ask = async () => void (await client.status(record.id));
    const idle = await phase(service.url, ask, environment.size(phaseMs));
    const draw = async () => client.follow(await client.requestBoardExport(huge.id, 'png'));
    const drawing = keepBusy(Array.from({ length: drawnAtOnce }, () => draw));
    const busy = await phase(service.url, ask, environment.size(phaseMs));
    const drawn = await drawing.end();
    await service.stop();

    const ratio = busy.p99 / idle.p99;
    const load = `while ${drawnAtOnce} boards of 500,000 points are drawn at once (${drawn} in all)`;
    return [
      { what: `status, nothing else to do (${idle.count} asked, one every ${askEveryMs} ms)`, seen: latenciesOf(idle) },
      { what: `status, ${load}`, seen: latenciesOf(busy), goal: `p99 < ${goalMs} ms`, met: busy.p99 < goalMs },
      { what: 'p99 of the two', seen: `${ratio.toFixed(1)} ×`, goal: `≤ ${goalRatio} ×`, met: ratio <= goalRatio },
      {
        what: 'longest the event loop was held up (its timer of 10 ms included): idle, drawing',
        seen: `${ms(idle.eventLoopMax)}, ${ms(busy.eventLoopMax)}`,
        goal: `≤ ${goalMs} ms`,
        met: busy.eventLoopMax <= goalMs,
      },
    ];
  },
};
