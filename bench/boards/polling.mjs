// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { exampleBoard } from '../../dev/service/example-boards.mjs';
import { handwrittenBoard } from '../support/handwriting.mjs';
import { timedExport } from '../support/laboratory.mjs';
import { ms } from '../support/report.mjs';
import { percentile } from '../support/statistics.mjs';
import { hugeSize } from './huge-board.mjs';

const phaseMs = 10_000;
const askEveryMs = 20;
const drawnAtOnce = 4;
const goalMs = 100;
const goalRatio = 3;

/** @type {import('../support/laboratory.mjs').Bench} */
export const polling = {
  name: 'polling',
  async measure(laboratory) {
    const service = await laboratory.startService();
    const client = laboratory.clientOf(service);
    const small = await client.createSession('small', exampleBoard('03-shapes-arrows'));
    const { record } = await timedExport(client, small.id, 'png');
    const huge = await client.createSession('huge', handwrittenBoard(hugeSize));
    // The first exports load the drawing threads.
    await Promise.all(Array.from({ length: drawnAtOnce }, () => timedExport(client, huge.id, 'png')));
    await sleep(1000);

    const ask = async () => void (await client.status(record.id));
    const idle = await phase(service.url, ask);
    const drawing = keepDrawing(() => client.requestBoardExport(huge.id, 'png').then((made) => client.follow(made)));
    const busy = await phase(service.url, ask);
    const drawn = await drawing.end();
    await service.stop();

    const ratio = busy.p99 / idle.p99;
    const load = `while ${drawnAtOnce} boards of 500,000 points are drawn at once (${drawn} in all)`;
    return [
      { what: `status, nothing else to do (${idle.count} asked, one every ${askEveryMs} ms)`, seen: latencies(idle) },
      { what: `status, ${load}`, seen: latencies(busy), goal: `p99 < ${goalMs} ms`, met: busy.p99 < goalMs },
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

/**
 * Asks at fixed moments, whether earlier answers have come or not: a service that stands still is not spared.
 * @param {string} url
 * @param {() => Promise<void>} ask
 */
async function phase(url, ask) {
  await eventLoopMaxOf(url);
  /** @type {number[]} */
  const latenciesMs = [];
  const asked = [];
  const began = performance.now();
  for (let next = began; next < began + phaseMs; next += askEveryMs) {
    await sleep(Math.max(0, next - performance.now()));
    const sent = performance.now();
    asked.push(ask().then(() => latenciesMs.push(performance.now() - sent)));
  }
  await Promise.all(asked);
  return {
    count: latenciesMs.length,
    p50: percentile(latenciesMs, 50),
    p99: percentile(latenciesMs, 99),
    max: Math.max(...latenciesMs),
    eventLoopMax: await eventLoopMaxOf(url),
  };
}

/** Since it was last read, in milliseconds. @param {string} url */
async function eventLoopMaxOf(url) {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(metrics)?.[1]) * 1000;
}

/** @param {() => Promise<unknown>} draw */
function keepDrawing(draw) {
  let [isOver, drawn] = [false, 0];
  const lanes = Array.from({ length: drawnAtOnce }, async () => {
    for (; !isOver; drawn++) await draw();
  });
  return {
    end: async () => {
      isOver = true;
      await Promise.all(lanes);
      return drawn;
    },
  };
}

/** @param {{ p50: number, p99: number, max: number }} seen */
const latencies = ({ p50, p99, max }) => `p50 ${ms(p50)}, p99 ${ms(p99)}, longest ${ms(max)}`;
