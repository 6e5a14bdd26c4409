import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { DeliveryPlanner } from '../../../delivery';
import { type EstimateInput, type ExportCreation, type ExportInput, ExportService } from '../../../export';
import { isCustomer, type Principal, principalKey } from '../../../platform/auth/principal';
import { Config } from '../../../platform/config/config';
import type { RateLimit } from '../../../platform/rate-limit';
import {
  BOARD_KINDS,
  type BoardSelection,
  checkSelectionSize,
  MAX_SELECTED_BOARDS,
  orderAsNamed,
} from '../domain/board-selection';
import { estimateMaxSeconds } from '../domain/drawing-budget';
import { type DrawingEstimate, estimateDrawing } from '../domain/drawing-size';
import { BoardRenderer } from '../domain/interfaces/board-renderer';
import { type BoardSize, SoloSessionRepository } from '../domain/interfaces/solo-session.repository';
import { type Picture, toPicture } from '../domain/picture';
import { assumeSeconds, weighData, weighDrawing } from '../domain/selection-cost';
import type { SoloSession } from '../domain/solo-session';
import { type BoardExportInput, toBoardFormat } from './board-export.service';

/** How long a request measures boards that have not been measured since they changed. The results are kept. */
const MAX_MEASURING_MS = 5_000;

/** A request to export several boards, with a valid form. */
export interface BoardsExportInput extends BoardExportInput {
  readonly selection: BoardSelection;
}

/** The size of the selected boards together. */
interface SelectionSize extends DrawingEstimate {
  /** How many requests the export counts as. */
  readonly weight: number;
}

/** Requests exports of several boards in one file. */
@Injectable()
export class BoardsExportService {
  constructor(
    private readonly sessions: SoloSessionRepository,
    private readonly renderer: BoardRenderer,
    private readonly exports: ExportService,
    private readonly deliveries: DeliveryPlanner,
    private readonly config: Config,
  ) {}

  /** @throws DomainError not-found | invalid | limit | mismatch | unprocessable when the selection is empty or too large */
  async request(
    principal: Principal,
    input: BoardsExportInput,
    idempotencyKey: string | null,
  ): Promise<ExportCreation> {
    return this.exports.request({
      ...(await this.authorize(principal, input)),
      delivery: await this.deliveries.forRequest(principal, input.notify, { emailByDefault: false }),
      rateLimit: this.config.boards.rateLimit,
      limitedKinds: BOARD_KINDS,
      idempotencyKey,
    });
  }

  /**
   * Checks that the principal may export these boards in this way. Creates nothing.
   * @throws DomainError not-found | invalid | unprocessable when the selection is empty or too large
   */
  async authorize(
    principal: Principal,
    { selection, format: given, options, retentionSeconds }: BoardsExportInput,
  ): Promise<EstimateInput & Pick<ExportInput, 'expected' | 'weight' | 'requested'>> {
    const format = toBoardFormat(given);
    const sessions = await this.resolve(principal, selection);
    const rateLimit = isCustomer(principal) ? this.config.customers.rateLimit : this.config.boards.rateLimit;
    const { weight, ...drawn } =
      format === 'json'
        ? await this.sizeOfData(sessions, rateLimit)
        : await this.sizeOfDrawing(principal, sessions, toPicture(format, options), rateLimit);
    const count = sessions.reduce((sum, { pageCount }) => sum + pageCount, 0);
    return {
      caller: principal,
      kind: 'boards',
      params: {
        sessionIds: sessions.map(({ id }) => id),
        filter: 'filter' in selection ? selection.filter : null,
      },
      // A repeat may find other boards by the filter, and is the same request.
      requested: selection,
      format,
      options,
      expected: { total: count, unit: 'pages' },
      estimate: { unit: 'pages', count, content: 'collection', tables: [], drawn, samples: [], warnings: [] },
      weight,
      retentionSeconds,
    };
  }

  /** The selected boards: in the order of the ids, or the oldest first. */
  private async resolve(principal: Principal, selection: BoardSelection): Promise<SoloSession[]> {
    if ('filter' in selection) {
      const found = await this.sessions.select(principal, selection.filter, MAX_SELECTED_BOARDS + 1);
      checkSelectionSize(found.length);
      return found;
    }
    const { sessionIds } = selection;
    checkSelectionSize(new Set(sessionIds).size);
    const known = sessionIds.filter((id) => isUUID(id));
    return orderAsNamed(sessionIds, await this.sessions.findAll(known, principal));
  }

  private async sizeOfData(sessions: readonly SoloSession[], rateLimit: RateLimit | null): Promise<SelectionSize> {
    const sizes = await this.sessions.findSizes(sessions);
    const bytes = [...sizes.values()].reduce((sum, size) => sum + size.bytes, 0);
    return { bytes, seconds: 0, weight: weighData(bytes, this.config.boards.maxBytes, rateLimit) };
  }

  private async sizeOfDrawing(
    principal: Principal,
    sessions: readonly SoloSession[],
    picture: Picture,
    rateLimit: RateLimit | null,
  ): Promise<SelectionSize> {
    const { budgetSeconds } = this.config.boards;
    const sizes = await this.measureUnknown(principal, sessions, picture);
    let [bytes, seconds] = [0, 0];
    for (const { id, pageCount } of sessions) {
      const { cost, bytes: stateBytes } = sizes.get(id) ?? { cost: null, bytes: 0 };
      if (cost === null) {
        seconds += assumeSeconds(stateBytes, budgetSeconds);
        bytes += stateBytes;
        continue;
      }
      // A board above the budget is not drawn: the file names it as missing.
      if (estimateMaxSeconds(cost, picture) > budgetSeconds) continue;
      const drawn = estimateDrawing(cost, picture, { pageCount, share: 1 });
      seconds += drawn.seconds;
      bytes += drawn.bytes;
    }
    return { bytes, seconds, weight: weighDrawing(seconds, budgetSeconds, rateLimit) };
  }

  /** Measures boards whose cost is unknown, the smallest first, for a limited time. */
  private async measureUnknown(
    principal: Principal,
    sessions: readonly SoloSession[],
    picture: Picture,
  ): Promise<ReadonlyMap<string, BoardSize>> {
    const sizes = new Map(await this.sessions.findSizes(sessions));
    const bytesOf = ({ id }: SoloSession) => sizes.get(id)?.bytes ?? 0;
    const unknown = sessions.filter(({ id }) => sizes.get(id)?.cost === null);
    const deadline = performance.now() + MAX_MEASURING_MS;
    for (const session of unknown.sort((one, other) => bytesOf(one) - bytesOf(other))) {
      if (performance.now() > deadline) break;
      const readState = async () => (await this.sessions.readState(session.id)) ?? Buffer.from('null');
      const board = { account: principalKey(principal), readState };
      const measure = await this.renderer.measure(board, picture, new AbortController().signal);
      // A board that cannot be drawn costs nothing.
      if (!measure) sizes.set(session.id, { bytes: 0, cost: null });
      else {
        sizes.set(session.id, { bytes: bytesOf(session), cost: measure.cost });
        await this.sessions.setDrawingCost(session.id, session.rev, measure.cost);
      }
    }
    return sizes;
  }
}
