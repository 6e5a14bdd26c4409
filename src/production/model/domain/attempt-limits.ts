import type { ExportKind } from '../../../export';
import type { ExportFormat } from '../../../formats';

/** An export fails permanently after this many attempts. */
export const MAX_ATTEMPTS = 3;

/** A drawing fails permanently after this many attempts that ended with their process: it may be what kills the process. */
export const MAX_LOST_DRAWINGS = 2;

/** The exports that are drawn. */
export const DRAWINGS = { kind: 'board', formats: ['png', 'pdf', 'svg'] } as const satisfies {
  readonly kind: ExportKind;
  readonly formats: readonly ExportFormat[];
};

/** How often a worker renews its lease, whose length is configured. */
export const HEARTBEAT_MS = 500;

/** Seconds between a failed attempt and the next: 2, 8. */
export function pauseAfter(attempt: number): number {
  return 2 * 4 ** (attempt - 1);
}
