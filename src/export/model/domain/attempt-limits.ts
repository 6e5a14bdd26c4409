import type { ExportKind } from './export-kind';
import type { ExportFormat } from '../../../formats';

/** After so many attempts an export fails for good. */
export const MAX_ATTEMPTS = 3;

/** After so many attempts that ended with their process, a drawing fails permanently: it may be what ends the process. */
export const MAX_LOST_DRAWINGS = 2;

/** The exports whose content is drawn. */
export const DRAWINGS = { kind: 'board', formats: ['png', 'pdf'] } as const satisfies {
  readonly kind: ExportKind;
  readonly formats: readonly ExportFormat[];
};

/** How long a worker shows no sign of life before it is given up is configured; it beats this often. */
export const HEARTBEAT_MS = 500;

/** Seconds between an attempt that met a fault and the next: 2, 8. */
export function pauseAfter(attempt: number): number {
  return 2 * 4 ** (attempt - 1);
}
