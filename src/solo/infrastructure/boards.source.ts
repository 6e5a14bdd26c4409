import { z } from 'zod';
import {
  accountOf,
  type ExportDescription,
  ExportSource,
  ExportSourceProvider,
  type OpenedSource,
  type SourceContext,
  type SourceEstimate,
} from '../../export/sources';
import type { Collection, CollectionItem, Drawing, JsonDocument } from '../../formats';
import { principalKey } from '../../platform/auth/principal';
import { DomainError } from '../../platform/errors/domain-error';
import type { ProblemCode } from '../../platform/errors/problem-codes';
import { BoardRenderer } from '../model/domain/interfaces/board-renderer';
import { SoloSessionRepository } from '../model/domain/interfaces/solo-session.repository';
import { isDrawnFormat, toPicture } from '../model/domain/picture';
import type { SoloSession } from '../model/domain/solo-session';
import { deletedError } from './board.source';
import { DrawingFailedError } from './drawing/drawing-errors';

const boardsParams = z.object({
  /** In the order of the file. */
  sessionIds: z.array(z.string()),
  /** The filter that selected them at the request; `null` when they were named. */
  filter: z.object({ nameContains: z.string().optional(), updatedSince: z.string().optional() }).nullable(),
});
type BoardsParams = z.infer<typeof boardsParams>;

/** Exports several boards in one file. */
@ExportSourceProvider('boards')
export class BoardsSource extends ExportSource<BoardsParams> {
  override readonly params = boardsParams;
  override readonly formats = {
    png: ['collection'],
    pdf: ['collection'],
    svg: ['collection'],
    json: ['collection'],
  } as const;

  constructor(
    private readonly sessions: SoloSessionRepository,
    private readonly renderer: BoardRenderer,
  ) {
    super();
  }

  override describe({ sessionIds, filter }: BoardsParams): Partial<ExportDescription> {
    if (filter === null) return { options: { session_ids: sessionIds } };
    const { nameContains, updatedSince } = filter;
    return { filters: { name_contains: nameContains, updated_since: updatedSince } };
  }

  /** Release 0.1.0 has no such exports. */
  override recover(): BoardsParams {
    return { sessionIds: [], filter: null };
  }

  /** The request brings its estimate: its authorization has measured the boards. */
  override estimate(): Promise<SourceEstimate | null> {
    return Promise.resolve(null);
  }

  override async open({ sessionIds }: BoardsParams, context: SourceContext): Promise<OpenedSource> {
    const { startedAt, createdAt } = context.export;
    const title = `Boards ${(startedAt ?? createdAt).toISOString().slice(0, 10)}`;
    const found = await this.sessions.findAll(sessionIds, accountOf(context.export));
    const sessions = new Map(found.map((session) => [session.id, session]));
    const items = sessionIds.map((id) => this.toItem(id, sessions.get(id), context));
    return { title, content: new BoardCollection(title, items, context.signal) };
  }

  private toItem(id: string, session: SoloSession | undefined, context: SourceContext): CollectionItem {
    if (!session) {
      const open = () => Promise.reject(deletedError());
      return { id, name: null, label: `Board ${id}`, pageCount: 0, open };
    }
    const { name, pageCount } = session;
    return { id, name, label: `Board "${name}" (${id})`, pageCount, open: () => this.openBoard(session, context) };
  }

  private async openBoard(
    { id, pageCount }: SoloSession,
    { export: request, signal }: SourceContext,
  ): Promise<Drawing | JsonDocument> {
    signal.throwIfAborted();
    const readState = async () => {
      const state = await this.sessions.readState(id);
      if (state === null) throw deletedError();
      return state;
    };
    const { format, options } = request;
    if (!isDrawnFormat(format)) return { kind: 'json', text: await readState(), pageCount };
    const board = { account: principalKey(accountOf(request)), purpose: 'export' as const, readState };
    return this.renderer.open(board, toPicture(format, options), signal);
  }
}

/** A board that cannot be drawn is left out; any other error ends the attempt. */
class BoardCollection implements Collection {
  readonly kind = 'collection';
  readonly itemsName = 'boards';
  private firstCode: ProblemCode | null = null;

  constructor(
    readonly title: string,
    readonly items: readonly CollectionItem[],
    private readonly signal: AbortSignal,
  ) {}

  explain(error: unknown): string | null {
    if (this.signal.aborted) return null;
    const isOfBoard = error instanceof DomainError || error instanceof DrawingFailedError;
    if (!isOfBoard) return null;
    this.firstCode ??= error instanceof DomainError ? error.code : 'board-too-complex';
    return error instanceof DomainError ? error.summary : error.message;
  }

  failWith(reason: string): DomainError {
    const { length } = this.items;
    const message = `None of the ${length} boards could be exported. The first one: ${reason}`;
    return new DomainError('unprocessable', this.firstCode ?? 'session-deleted', message);
  }
}
