import type { Installation } from './installation';

/** Ends the pauses of waiting exports: after an attempt that failed, and until the queue is told again. */
export async function endPauses(installation: Installation): Promise<void> {
  await installation.sql(`UPDATE exports SET enqueue_after = now(), retry_at = NULL WHERE status = 'pending'`);
}
