import { setTimeout as pause } from 'node:timers/promises';
import { scaled } from './machine';

export interface WaitOptions {
  /** Milliseconds on the reference machine; scaled to this one. */
  readonly within?: number;
  /** Milliseconds between two questions. */
  readonly every?: number;
}

/**
 * Asks again and again until the answer is something.
 * @param condition is hoped for; the error says that it did not come about
 * @returns the first answer that is neither `undefined`, `null` nor `false`
 */
export async function until<Answer>(
  condition: string,
  check: () => Answer | Promise<Answer>,
  { within = 30_000, every = 25 }: WaitOptions = {},
): Promise<Exclude<Answer, undefined | null | false>> {
  const timeoutMs = scaled(within);
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const result = await check();
    if (result !== undefined && result !== null && result !== false)
      return result as Exclude<Answer, undefined | null | false>;
    if (Date.now() > deadline) throw new Error(`In ${timeoutMs} ms it did not come about that ${condition}`);
    await pause(every);
  }
}
