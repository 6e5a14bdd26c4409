import { DomainError } from '../../../platform/errors/domain-error';
import type { ProblemCode } from '../../../platform/errors/problem-codes';

/** What a user's boards take up, or what is added to them. */
export interface BoardUsage {
  readonly boards: number;
  /** Of the states as they were sent, in UTF-8. */
  readonly bytes: number;
}

/** What a user's boards may take up; `null` for no limit. */
export type BoardQuota = { readonly [Measure in keyof BoardUsage]: number | null };

/** A user keeps as much as they may. The boards that they have stay as they are. */
export class BoardQuotaExceededError extends DomainError {
  constructor(code: ProblemCode, message: string, figures: { used: number; limit: number; requested: number }) {
    super('conflict', code, message, { extensions: figures });
  }
}

/**
 * Refuses what exceeds the quota. What adds nothing is never refused: users above a quota may save, shrink and delete.
 * @throws BoardQuotaExceededError
 */
export function checkBoardQuota(quota: BoardQuota, used: BoardUsage, added: BoardUsage): void {
  if (exceeds(quota.boards, used.boards, added.boards)) {
    const message = `You have ${used.boards} boards, and ${quota.boards} are allowed. Delete boards that you do not need.`;
    throw new BoardQuotaExceededError('board-quota-exceeded', message, {
      ...{ used: used.boards, limit: quota.boards, requested: added.boards },
    });
  }
  if (exceeds(quota.bytes, used.bytes, added.bytes)) {
    const message =
      `Your boards have ${used.bytes} bytes, and ${quota.bytes} are allowed: ${added.bytes} more are too many. ` +
      'Delete boards that you do not need.';
    throw new BoardQuotaExceededError('board-storage-quota-exceeded', message, {
      ...{ used: used.bytes, limit: quota.bytes, requested: added.bytes },
    });
  }
}

function exceeds(limit: number | null, used: number, added: number): limit is number {
  return limit !== null && added > 0 && used + added > limit;
}
