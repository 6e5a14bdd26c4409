import { setTimeout as pause } from 'node:timers/promises';
import { scaled } from './machine';

export interface Patience {
  /** Milliseconds on the reference machine; scaled to this one. */
  readonly within?: number;
  /** Milliseconds between two questions. */
  readonly every?: number;
}

/**
 * Asks again and again until the answer is something.
 * @param what is hoped for; the error says that it did not come about
 * @returns the first answer that is neither `undefined`, `null` nor `false`
 */
export async function until<Answer>(
  what: string,
  ask: () => Answer | Promise<Answer>,
  { within = 30_000, every = 25 }: Patience = {},
): Promise<Exclude<Answer, undefined | null | false>> {
  const patience = scaled(within);
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false)
      return answer as Exclude<Answer, undefined | null | false>;
    if (Date.now() > deadline) throw new Error(`In ${patience} ms it did not come about that ${what}`);
    await pause(every);
  }
}
