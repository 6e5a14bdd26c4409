import { Injectable } from '@nestjs/common';
import { accountOf, type Export, ExportSource, type OpenedSource } from '../../export';
import { principalKey } from '../../platform/auth/principal';
import { DomainError } from '../../platform/errors/domain-error';
import { BoardRenderer } from '../model/domain/interfaces/board-renderer';
import { SoloSessionRepository } from '../model/domain/interfaces/solo-session.repository';
import { toPicture } from '../model/domain/picture';

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
    if (!session) throw deleted();
    const readState = async () => (await this.sessions.readState(session.id)) ?? fail(deleted());
    if (format === 'png' || format === 'pdf') {
      const board = { account: principalKey(accountOf(request)), purpose: 'export' as const, readState };
      return { title: session.name, content: await this.boards.open(board, toPicture(format, options), signal) };
    }
    const text = await readState();
    return { title: session.name, content: { kind: 'json', text, pageCount: session.pageCount } };
  }
}

function deleted(): DomainError {
  return new DomainError('gone', 'session-deleted', 'The board was deleted before it could be exported');
}

function fail(error: Error): never {
  throw error;
}
