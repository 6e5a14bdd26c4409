import type { Installation } from './installation';

/** Ends the delays of pending exports: those of retries, and those until they are enqueued again. */
export async function endPauses(installation: Installation): Promise<void> {
  await installation.sql(`UPDATE exports SET enqueue_after = now(), retry_at = NULL WHERE status = 'pending'`);
}
