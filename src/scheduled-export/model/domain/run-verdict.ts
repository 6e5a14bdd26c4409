import type { DeliveryState } from '../../../delivery';
import type { Export } from '../../../export';
import type { RunResult } from './schedule-run';

/**
 * Whether what is planned to be told of an export's end has not been written down yet: it is with the end, unless a process
 * of an earlier version ended it.
 */
export function isNotificationMissing(
  { status, deliveries: planned }: Pick<Export, 'status' | 'deliveries'>,
  deliveries: readonly DeliveryState[],
): boolean {
  if (status !== 'completed' && status !== 'failed') return false;
  return planned.some(({ on }) => on.includes(status)) && !deliveries.some(({ event }) => event === `export.${status}`);
}

/** How a run ended: well when its file was made and brought to wherever it was to go. `null` while that is open. */
export function resolveRunResult(
  { status, error, errorCode }: Pick<Export, 'status' | 'error' | 'errorCode'>,
  deliveries: readonly DeliveryState[],
): RunResult | null {
  if (status === 'pending' || status === 'processing') return null;
  if (status === 'cancelled') {
    return {
      outcome: 'failed',
      error: 'The export was cancelled',
      errorCode: 'export-cancelled',
      failureStreak: 'keep',
    };
  }
  if (status === 'failed') {
    // It is clear how it ended; one attempt to tell of it is waited for, as the receiver may want nothing more.
    if (deliveries.some(({ status: state, attempts }) => state === 'pending' && attempts === 0)) return null;
    return { outcome: 'failed', error, errorCode, failureStreak: 'increment' };
  }
  const told = deliveries.filter(({ event }) => event === 'export.completed');
  if (told.some((delivery) => delivery.status === 'pending')) return null;
  const [lost] = told.filter((delivery) => delivery.status === 'failed');
  if (!lost) return { outcome: 'succeeded', error: null, errorCode: null, failureStreak: 'reset' };
  const reason = `The file was made but could not be delivered by ${lost.channel}: ${lost.lastError ?? 'no reason is known'}`;
  return { outcome: 'failed', error: reason, errorCode: 'file-not-delivered', failureStreak: 'increment' };
}
