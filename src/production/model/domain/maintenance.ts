import { DRAWINGS, MAX_ATTEMPTS, MAX_LOST_DRAWINGS } from './attempt-limits';
import type { Export, ExportFailure } from '../../../export';
import { objectPrefix } from '../../../export/sources';
import { partPrefix } from './part';

/** How many records one statement of the maintenance changes at most. */
export const MAINTENANCE_BATCH = 500;

/** A pending export is added to the queue again after this time, in case its job was lost. */
export const REMINDER_SECONDS = 30;

/** An idempotency key that is older is not expected again. */
export const IDEMPOTENCY_DAYS = 7;

/** A notification that is missing for longer is not sent any more. */
export const NOTIFICATION_DAYS = 1;

/** An export in progress whose worker sends no heartbeats. */
export interface StalledExport extends Pick<Export, 'id' | 'kind' | 'format' | 'streamed'> {
  /** How many attempts were started. */
  readonly attempts: number;
  /** How many earlier attempts stalled. */
  readonly lostAttempts: number;
}

const STREAM_INTERRUPTED: ExportFailure = {
  code: 'service-stopped',
  reason: 'The service stopped while the rows went out. Ask for them again.',
};

const DRAWING_INTERRUPTED: ExportFailure = {
  code: 'drawing-interrupted',
  reason:
    'The service stopped twice while it drew this board. Remove very large or complex images, or export fewer pages, and try again.',
};

const ATTEMPTS_EXHAUSTED: ExportFailure = {
  code: 'attempts-exhausted',
  reason: `The export was started ${MAX_ATTEMPTS} times and was interrupted each time. Try again, or request less data at once.`,
};

/** Why a stalled export fails; `null` when another attempt follows. */
export function failureOfStalled({
  kind,
  format,
  streamed,
  attempts,
  lostAttempts,
}: StalledExport): ExportFailure | null {
  // The response is broken, and no later attempt can continue it.
  if (streamed) return STREAM_INTERRUPTED;
  const isDrawing = kind === DRAWINGS.kind && DRAWINGS.formats.some((drawn) => drawn === format);
  if (isDrawing && lostAttempts + 1 >= MAX_LOST_DRAWINGS) return DRAWING_INTERRUPTED;
  return attempts >= MAX_ATTEMPTS ? ATTEMPTS_EXHAUSTED : null;
}

/** What decides whether a file of an export is still needed. */
export interface FileOwner extends Pick<Export, 'id' | 'status' | 'updatedAt'> {
  readonly storageKey: string | null;
  readonly attemptToken: string | null;
  /** The keys of its files, if it consists of several. */
  readonly partKeys: ReadonlySet<string>;
}

/**
 * Whether the export names the file, its current attempt writes it, or the export changed after `settledSince`.
 * @param owner the export whose id the key contains, if there is one
 */
export function isFileReferenced(key: string, owner: FileOwner | undefined, settledSince: Date): boolean {
  if (!owner) return false;
  const { id, status, storageKey, attemptToken, partKeys, updatedAt } = owner;
  const isNamed = key === storageKey || (status === 'completed' && partKeys.has(key));
  const current = String(attemptToken);
  const ofAttempt = [`${objectPrefix(id)}${current}.`, partPrefix(id, current)];
  const isBeingWritten = status === 'processing' && ofAttempt.some((prefix) => key.startsWith(prefix));
  return isNamed || isBeingWritten || updatedAt > settledSince;
}

/** The id of the export in a key: the folder of the file. It may be none when the file is foreign. */
export function exportIdOf(key: string): string {
  return key.split('/')[1] ?? '';
}
