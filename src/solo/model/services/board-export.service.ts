import { Injectable } from '@nestjs/common';
import { DeliveryPlanner, type NotifyInput } from '../../../delivery';
import { type EstimateInput, type Export, type ExportCreation, type ExportInput, ExportService } from '../../../export';
import type { ExportOptions } from '../../../formats';
import { type Principal, principalKey } from '../../../platform/auth/principal';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import type { Page } from '../../../platform/paging';
import { BOARD_KINDS } from '../domain/board-selection';
import { checkDrawingBudget, estimateMaxSeconds } from '../domain/drawing-budget';
import { BoardRenderer } from '../domain/interfaces/board-renderer';
import { SoloSessionRepository } from '../domain/interfaces/solo-session.repository';
import { BOARD_FORMATS, type BoardFormat, type Picture, selectedPage, toPicture } from '../domain/picture';
import type { SoloSession } from '../domain/solo-session';
import { SoloSessionService } from './solo-session.service';

const DEFAULT_FORMAT: BoardFormat = 'png';

/** A request to export a board, with a valid form. */
export interface BoardExportInput {
  readonly format?: unknown;
  readonly options: ExportOptions;
  readonly notify?: NotifyInput | false;
  readonly retentionSeconds: number | null;
}

/** Requests and lists the exports of boards. */
@Injectable()
export class BoardExportService {
  constructor(
    private readonly sessions: SoloSessionService,
    private readonly repository: SoloSessionRepository,
    private readonly renderer: BoardRenderer,
    private readonly exports: ExportService,
    private readonly deliveries: DeliveryPlanner,
    private readonly config: Config,
  ) {}

  /**
   * @throws DomainError not-found | invalid | limit | mismatch | unprocessable when the drawing is
   * too large
   */
  async request(
    principal: Principal,
    sessionId: string,
    input: BoardExportInput,
    idempotencyKey: string | null,
  ): Promise<ExportCreation> {
    return this.exports.request({
      ...(await this.authorize(principal, sessionId, input)),
      delivery: await this.deliveries.forRequest(principal, input.notify, { emailByDefault: false }),
      rateLimit: this.config.boards.rateLimit,
      limitedKinds: BOARD_KINDS,
      idempotencyKey,
    });
  }

  /**
   * Checks that the principal may export a board in this way. Creates nothing.
   * @throws DomainError not-found | invalid | unprocessable when the drawing is too large
   */
  async authorize(
    principal: Principal,
    sessionId: string,
    { format: given, options, retentionSeconds }: BoardExportInput,
  ): Promise<EstimateInput & Pick<ExportInput, 'expected'>> {
    const session = await this.sessions.get(sessionId, principal);
    const format = toBoardFormat(given);
    const picture = format === 'json' ? null : toPicture(format, options);
    const page = picture === null ? undefined : selectedPage(picture);
    if (page !== undefined && page > session.pageCount) {
      const message = `must not be above ${session.pageCount}, the number of pages`;
      throw DomainError.invalidRequest({ field: 'options.page', message });
    }
    if (picture !== null) await this.checkBudget(principal, session, picture);
    const { userId, tenantId, customerId } = session;
    return {
      caller: principal,
      owner: { userId, tenantId, customerId },
      kind: 'board',
      params: { sessionId: session.id, rev: session.rev },
      format,
      options,
      expected: { total: page === undefined ? session.pageCount : 1, unit: 'pages' },
      retentionSeconds,
    };
  }

  /** @throws DomainError not-found */
  async list(principal: Principal, sessionId: string, size: number, cursor?: string): Promise<Page<Export>> {
    const { id } = await this.sessions.get(sessionId, principal);
    return this.exports.list({ owner: principal, kind: 'board', subject: id, size, cursor });
  }

  /**
   * Refuses a picture that exceeds the drawing budget. Reads the board only when its revision has
   * not been measured, or when the whole board may exceed the budget.
   * @throws DrawingTooLargeError | DomainError not-found when the session was deleted
   */
  private async checkBudget(principal: Principal, session: SoloSession, picture: Picture): Promise<void> {
    const { budgetSeconds } = this.config.boards;
    const knownCost = await this.repository.findDrawingCost(session.id, session.rev);
    if (knownCost && estimateMaxSeconds(knownCost, picture) <= budgetSeconds) return;
    const board = { account: principalKey(principal), readState: () => this.sessions.readState(session) };
    const measure = await this.renderer.measure(board, picture, new AbortController().signal);
    // A board that cannot be drawn is accepted: its export fails with the reason.
    if (!measure) return;
    if (!knownCost) await this.repository.setDrawingCost(session.id, session.rev, measure.cost);
    checkDrawingBudget(measure, picture, budgetSeconds);
  }
}

/** @throws DomainError invalid */
export function toBoardFormat(format: unknown = DEFAULT_FORMAT): BoardFormat {
  const found = BOARD_FORMATS.find((one) => one === format);
  if (found !== undefined) return found;
  const message = `must be one of ${BOARD_FORMATS.join(', ')}`;
  throw DomainError.invalid('invalid-format', 'Invalid format', { field: 'format', message });
}
