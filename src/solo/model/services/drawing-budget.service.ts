import { Injectable } from '@nestjs/common';
import { type Principal, principalKey } from '../../../platform/auth/principal';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import { checkDrawingBudget, estimateMaxSeconds } from '../domain/drawing-budget';
import { BoardRenderer } from '../domain/interfaces/board-renderer';
import { SoloSessionRepository } from '../domain/interfaces/solo-session.repository';
import type { Picture } from '../domain/picture';
import type { SoloSession } from '../domain/solo-session';

/** Refuses pictures that take longer to draw than an export may. */
@Injectable()
export class DrawingBudgetService {
  constructor(
    private readonly sessions: SoloSessionRepository,
    private readonly boards: BoardRenderer,
    private readonly config: Config,
  ) {}

  /**
   * A board is read only when it changed since it was measured, or when not all that may be drawn of it is within the budget.
   * @throws DrawingTooLargeError | DomainError not-found when the session is gone
   */
  async check(caller: Principal, session: SoloSession, picture: Picture): Promise<void> {
    const { budgetSeconds } = this.config.boards;
    const known = await this.sessions.findDrawingCost(session.id, session.rev);
    if (known && estimateMaxSeconds(known, picture) <= budgetSeconds) return;
    const readState = async () => {
      const state = await this.sessions.readState(session.id);
      if (state === null) throw DomainError.notFound('Session');
      return state;
    };
    const board = { account: principalKey(caller), readState };
    const measure = await this.boards.measure(board, picture, new AbortController().signal);
    // The export of a board that cannot be drawn fails and tells why.
    if (!measure) return;
    if (!known) await this.sessions.setDrawingCost(session.id, session.rev, measure.cost);
    checkDrawingBudget(measure, picture, budgetSeconds);
  }
}
