import { Injectable } from '@nestjs/common';
import { type Export, ExportSource, type OpenedSource } from '../../export';
import { DomainError } from '../../platform/errors/domain-error';
import { BoardRenderer } from '../model/domain/interfaces/board-renderer';
import { SoloSessionRepository } from '../model/domain/interfaces/solo-session.repository';
import { pictureOf } from '../model/domain/picture';

/** Boards as the content of exports: their pages drawn, or their state as it is. */
@Injectable()
export class BoardSource extends ExportSource {
  override readonly kind = 'board';
  override readonly formats = { png: ['drawing'], pdf: ['drawing'], json: ['json'] } as const;

  constructor(
    private readonly sessions: SoloSessionRepository,
    private readonly boards: BoardRenderer,
  ) {
    super();
  }

  override async open(request: Export, signal: AbortSignal): Promise<OpenedSource> {
    const { sessionId, userId, tenantId, format, options } = request;
    const isOfSession = sessionId !== null && userId !== null;
    const session = isOfSession ? await this.sessions.find(sessionId, { userId, tenantId }) : null;
    const state = session && (await this.sessions.readState(session.id));
    if (!session || state === null) {
      throw new DomainError('gone', 'session-deleted', 'The board was deleted before it could be exported');
    }
    const content =
      format === 'png' || format === 'pdf'
        ? await this.boards.open(state, pictureOf(format, options), signal)
        : { kind: 'json' as const, text: state, pageCount: session.pageCount };
    return { title: session.name, content };
  }
}
