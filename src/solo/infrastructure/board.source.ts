import { z } from 'zod';
import {
  accountOf,
  type ExportDescription,
  ExportSource,
  ExportSourceProvider,
  type OpenedSource,
  type SourceContext,
} from '../../export';
import { principalKey } from '../../platform/auth/principal';
import { DomainError } from '../../platform/errors/domain-error';
import { BoardRenderer } from '../model/domain/interfaces/board-renderer';
import { SoloSessionRepository } from '../model/domain/interfaces/solo-session.repository';
import { toPicture } from '../model/domain/picture';

const boardParams = z.object({ sessionId: z.string() });
type BoardParams = z.infer<typeof boardParams>;

/** Exports boards: their pages as pictures, or their state as JSON. */
@ExportSourceProvider('board')
export class BoardSource extends ExportSource<BoardParams> {
  override readonly params = boardParams;
  override readonly formats = { png: ['drawing'], pdf: ['drawing'], json: ['json'] } as const;

  constructor(
    private readonly sessions: SoloSessionRepository,
    private readonly boards: BoardRenderer,
  ) {
    super();
  }

  override describe({ sessionId }: BoardParams): Partial<ExportDescription> {
    return { subject: sessionId };
  }

  override recover({ subject }: ExportDescription): unknown {
    return { sessionId: subject };
  }

  override async open({ sessionId }: BoardParams, { export: request, signal }: SourceContext): Promise<OpenedSource> {
    const { userId, tenantId, format, options } = request;
    const session = userId !== null ? await this.sessions.find(sessionId, { userId, tenantId }) : null;
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
