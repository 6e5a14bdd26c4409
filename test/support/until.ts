import { setTimeout as pause } from 'node:timers/promises';
import { scaled } from './machine';

export interface WaitOptions {
  /** Milliseconds on the reference machine; scaled to this one. */
  readonly within?: number;
  /** Milliseconds between two checks; a tenth of the time waited so far by default, between 20 and 200. */
  readonly every?: number;
}

/**
 * Polls until the check returns a result.
 * @param condition is hoped for; the error says that it did not come about
 * @returns the first answer that is neither `undefined`, `null` nor `false`
 */
export async function until<Answer>(
  condition: string,
  check: () => Answer | Promise<Answer>,
  { within = 30_000, every }: WaitOptions = {},
): Promise<Exclude<Answer, undefined | null | false>> {
  const timeoutMs = scaled(within);
  const began = Date.now();
  const deadline = began + timeoutMs;
  for (;;) {
    // The last check begins after the deadline: a machine that stood still during the one before has not failed yet.
    const isLast = Date.now() > deadline;
    const result = await check();
    if (result !== undefined && result !== null && result !== false)
      return result as Exclude<Answer, undefined | null | false>;
    if (isLast) throw new Error(`In ${timeoutMs} ms this did not happen: ${condition}`);
    await pause(every ?? Math.min(200, Math.max(20, (Date.now() - began) / 10)));
  }
}
