import type { Installation } from './installation';

/** Lets the pause pass after which waiting exports are given to the queue again. */
export async function endPauses(installation: Installation): Promise<void> {
  await installation.sql(`UPDATE exports SET enqueue_after = now() WHERE status = 'pending'`);
}
