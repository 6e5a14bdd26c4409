import { DomainError, type FieldError } from '../../../platform/errors/domain-error';
import type { SoloSession } from './solo-session';

/** How many boards one export may have. */
export const MAX_SELECTED_BOARDS = 200;

/** The kinds of exports of boards, which share the limit that the first one names. */
export const BOARD_KINDS = ['board', 'boards'] as const;

/** Conditions that boards must all meet. */
export interface BoardFilter {
  /** Ignores case. */
  readonly nameContains?: string;
  /** ISO 8601. */
  readonly updatedSince?: string;
}

/** Which boards to export: these, or those that meet a filter at the request. */
export type BoardSelection = { readonly sessionIds: readonly string[] } | { readonly filter: BoardFilter };

/**
 * Puts the boards into the order of their ids, without repetitions.
 * @throws DomainError not-found that names the ids which were not found
 */
export function orderAsNamed(ids: readonly string[], found: readonly SoloSession[]): SoloSession[] {
  const byId = new Map(found.map((session) => [session.id, session]));
  const missing = ids.flatMap((id, index): FieldError[] =>
    byId.has(id.toLowerCase()) ? [] : [{ field: `session_ids.${index}`, message: `There is no board ${id}.` }],
  );
  if (missing.length > 0) {
    const message = missing.length === 1 ? 'Session not found' : `${missing.length} sessions not found`;
    throw new DomainError('not-found', 'session-not-found', message, { fields: missing });
  }
  return [...new Set(ids.map((id) => id.toLowerCase()))].flatMap((id) => byId.get(id) ?? []);
}

/**
 * @param count at least the number of selected boards, as far as it was counted
 * @throws DomainError unprocessable
 */
export function checkSelectionSize(count: number): void {
  if (count > MAX_SELECTED_BOARDS) {
    const message =
      `More than ${MAX_SELECTED_BOARDS} boards are selected, and one export has at most ${MAX_SELECTED_BOARDS}. ` +
      'Name fewer boards, or filter them by name or time, and export the others separately.';
    throw new DomainError('unprocessable', 'too-many-boards', message, {
      extensions: { limit: MAX_SELECTED_BOARDS },
    });
  }
  if (count === 0) {
    const message = 'No board is selected. Name boards in session_ids, or use a filter that your boards meet.';
    throw new DomainError('unprocessable', 'no-boards-selected', message);
  }
}
