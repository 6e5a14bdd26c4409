// @ts-check

/** @param {number[]} values */
export const median = (values) => percentile(values, 50);

/** The smallest value that so many percent of all do not exceed. @param {number[]} values @param {number} percent */
export function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}

/**
 * Runs something a number of times, one after the other, and keeps what each gave; the first run only warms up.
 * @template T
 * @param {number} times
 * @param {() => Promise<T>} work
 */
export async function repeat(times, work) {
  await work();
  /** @type {T[]} */
  const results = [];
  while (results.length < times) results.push(await work());
  return results;
}
