import { Injectable } from '@nestjs/common';
import { DeliveryPlanner, type NotifyInput } from '../../../delivery';
import type { ExportFormat, ExportOptions } from '../../../formats';
import { type Export, type ExportCreation, ExportsForSolo } from '../../../export';
import type { Principal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import type { Page } from '../../../platform/paging';
import { BOARD_FORMATS, type BoardFormat, toPicture } from '../domain/picture';
import { DrawingBudgetService } from './drawing-budget.service';
import { SoloSessionService } from './solo-session.service';

/** What the front end asks for when it names no format. */
const DEFAULT_FORMAT: ExportFormat = 'png';

/** What somebody asks for, checked for its form alone. */
export interface BoardRequest {
  readonly format?: unknown;
  readonly options: ExportOptions;
  readonly notify?: NotifyInput | false;
  readonly retentionSeconds: number | null;
}

/** Exports of boards. */
@Injectable()
export class BoardExportService {
  constructor(
    private readonly sessions: SoloSessionService,
    private readonly budget: DrawingBudgetService,
    private readonly exports: ExportsForSolo,
    private readonly deliveries: DeliveryPlanner,
  ) {}

  /** @throws DomainError not-found | invalid | limit | mismatch | unprocessable when the drawing is too large */
  async request(
    caller: Principal,
    sessionId: string,
    { format = DEFAULT_FORMAT, options, notify, retentionSeconds }: BoardRequest,
    idempotencyKey: string | null,
  ): Promise<ExportCreation> {
    const session = await this.sessions.get(sessionId, caller);
    if (!isBoardFormat(format)) {
      const message = `must be one of ${BOARD_FORMATS.join(', ')}`;
      throw DomainError.invalid('invalid-format', 'Invalid format', { field: 'format', message });
    }
    const page = format === 'png' ? options['page'] : undefined;
    if (typeof page === 'number' && page > session.pageCount) {
      const message = `must not be above ${session.pageCount}, the number of pages`;
      throw DomainError.invalidRequest({ field: 'options.page', message });
    }
    if (format !== 'json') await this.budget.check(caller, session, toPicture(format, options));
    return this.exports.request({
      caller,
      session,
      format,
      options,
      pageCount: page === undefined ? session.pageCount : 1,
      delivery: await this.deliveries.forRequest(caller, notify, { emailByDefault: false }),
      retentionSeconds,
      idempotencyKey,
    });
  }

  /** @throws DomainError not-found */
  async list(caller: Principal, sessionId: string, size: number, cursor?: string): Promise<Page<Export>> {
    const { id } = await this.sessions.get(sessionId, caller);
    return this.exports.list(caller, id, size, cursor);
  }
}

function isBoardFormat(format: unknown): format is BoardFormat {
  return (BOARD_FORMATS as readonly unknown[]).includes(format);
}
