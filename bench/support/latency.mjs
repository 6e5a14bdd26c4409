// @ts-check
// How fast the service answers, and what it is kept busy with meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { ms } from './report.mjs';
import { percentile } from './statistics.mjs';

/** How long is asked. */
export const phaseMs = 10_000;
export const askEveryMs = 20;

/**
 * Asks at fixed moments, whether earlier answers have come or not: a service that stands still is not spared.
 * @param {string} url
 * @param {() => Promise<void>} ask
 * @param {number} milliseconds
 */
export async function phase(url, ask, milliseconds) {
  await eventLoopMaxOf(url);
  /** @type {number[]} */
  const latenciesMs = [];
  const requested = [];
  const startedAt = performance.now();
  for (let next = startedAt; next < startedAt + milliseconds; next += askEveryMs) {
    await sleep(Math.max(0, next - performance.now()));
    const sent = performance.now();
    requested.push(ask().then(() => latenciesMs.push(performance.now() - sent)));
  }
  await Promise.all(requested);
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

/**
 * Repeats each of some works until told to end.
 * @param {(() => Promise<unknown>)[]} works
 */
export function keepBusy(works) {
  let [isOver, done] = [false, 0];
  const lanes = works.map(async (work) => {
    for (; !isOver; done++) await work();
  });
  return {
    /** How many were done. */
    end: async () => {
      isOver = true;
      await Promise.all(lanes);
      return done;
    },
  };
}

/** @param {{ p50: number, p99: number, max: number }} seen */
export const latenciesOf = ({ p50, p99, max }) => `p50 ${ms(p50)}, p99 ${ms(p99)}, longest ${ms(max)}`;
