import { readFileSync } from 'node:fs';

const BEAT_MS = 2;

/**
 * Starts to count the time that this process computes, in all its threads. Unlike the time on the wall, it does not depend on
 * what else the machine does.
 * @returns how many milliseconds were spent since then
 */
export function startCpuClock(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}

/** The longest time, in milliseconds, that the event loop computed without a break while something was done. */
export async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = mainThreadMs();
  const look = () => {
    const now = mainThreadMs();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const beat = setInterval(look, BEAT_MS);
  try {
    await work();
    look();
  } finally {
    clearInterval(beat);
  }
  return longest;
}

/** What the main thread has computed, in milliseconds; elsewhere than on Linux, the time on the wall. */
function mainThreadMs(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}
