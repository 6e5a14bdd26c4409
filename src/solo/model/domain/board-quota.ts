import { DomainError } from '../../../platform/errors/domain-error';
import type { ProblemCode } from '../../../platform/errors/problem-codes';

/** The usage of a user's boards, or an addition to it. */
export interface BoardUsage {
  readonly boards: number;
  /** The size of the states in UTF-8. */
  readonly bytes: number;
}

/** The maximum usage of a user's boards; `null` means no limit. */
export type BoardQuota = { readonly [Measure in keyof BoardUsage]: number | null };

/** The request would exceed the quota of the user. Existing boards are not affected. */
export class BoardQuotaExceededError extends DomainError {
  constructor(code: ProblemCode, message: string, figures: { used: number; limit: number; requested: number }) {
    super('conflict', code, message, { extensions: figures });
  }
}

/**
 * Refuses an addition that exceeds the quota. Users above their quota may still save, shrink and
 * delete boards.
 * @throws BoardQuotaExceededError
 */
export function checkBoardQuota(quota: BoardQuota, used: BoardUsage, added: BoardUsage): void {
  if (exceeds(quota.boards, used.boards, added.boards)) {
    const message = `You have ${used.boards} boards, and ${quota.boards} are allowed. Delete boards that you do not need.`;
    throw new BoardQuotaExceededError('board-quota-exceeded', message, {
      used: used.boards,
      limit: quota.boards,
      requested: added.boards,
    });
  }
  if (exceeds(quota.bytes, used.bytes, added.bytes)) {
    const message =
      `Your boards have ${used.bytes} bytes, and ${quota.bytes} are allowed: ${added.bytes} more are too many. ` +
      'Delete boards that you do not need.';
    throw new BoardQuotaExceededError('board-storage-quota-exceeded', message, {
      used: used.bytes,
      limit: quota.bytes,
      requested: added.bytes,
    });
  }
}

function exceeds(limit: number | null, used: number, added: number): limit is number {
  return limit !== null && added > 0 && used + added > limit;
}
