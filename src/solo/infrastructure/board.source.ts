import { z } from 'zod';
import {
  accountOf,
  type EstimateContext,
  type ExportDescription,
  ExportSource,
  ExportSourceProvider,
  type OpenedSource,
  type PageToDraw,
  type SourceContext,
  type SourceEstimate,
} from '../../export/sources';
import { principalKey } from '../../platform/auth/principal';
import { DomainError } from '../../platform/errors/domain-error';
import { estimateDrawing } from '../model/domain/drawing-size';
import { BoardRenderer } from '../model/domain/interfaces/board-renderer';
import { SoloSessionRepository } from '../model/domain/interfaces/solo-session.repository';
import { isDrawnFormat, selectedPage, toPicture } from '../model/domain/picture';

const boardParams = z.object({
  sessionId: z.string(),
  /** The revision at the request. Absent in requests of earlier versions. */
  rev: z.number().int().optional(),
});
type BoardParams = z.infer<typeof boardParams>;

/** Exports boards: their pages as pictures, or their state as JSON. */
@ExportSourceProvider('board')
export class BoardSource extends ExportSource<BoardParams> {
  override readonly params = boardParams;
  override readonly formats = { png: ['drawing'], pdf: ['drawing'], svg: ['drawing'], json: ['json'] } as const;

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

  override async estimate(
    { sessionId }: BoardParams,
    { owner: { userId, tenantId }, format, options }: EstimateContext,
  ): Promise<SourceEstimate> {
    const session = userId !== null ? await this.sessions.find(sessionId, { userId, tenantId }) : null;
    if (!session) throw deletedError();
    const nothing = { unit: 'pages', tables: [], samples: [], warnings: [] } as const;
    if (!isDrawnFormat(format)) {
      const bytes = (await this.sessions.findStateSize(session.id)) ?? 0;
      return { ...nothing, count: session.pageCount, content: 'json', drawn: { bytes, seconds: 0 } };
    }
    const picture = toPicture(format, options);
    const count = selectedPage(picture) !== undefined ? 1 : session.pageCount;
    // Known from the check of the drawing budget, unless the board cannot be drawn.
    const cost = await this.sessions.findDrawingCost(session.id, session.rev);
    const share = count / Math.max(1, session.pageCount);
    const drawn = cost && estimateDrawing(cost, picture, { pageCount: session.pageCount, share });
    return { ...nothing, count, content: 'drawing', drawn };
  }

  override async open({ sessionId }: BoardParams, { export: request, signal }: SourceContext): Promise<OpenedSource> {
    const { userId, tenantId, format, options } = request;
    const session = userId !== null ? await this.sessions.find(sessionId, { userId, tenantId }) : null;
    if (!session) throw deletedError();
    const readState = async () => (await this.sessions.readState(session.id)) ?? fail(deletedError());
    if (isDrawnFormat(format)) {
      const board = { account: principalKey(accountOf(request)), purpose: 'export' as const, readState };
      return { title: session.name, content: await this.boards.open(board, toPicture(format, options), signal) };
    }
    const text = await readState();
    return { title: session.name, content: { kind: 'json', text, pageCount: session.pageCount } };
  }

  /** A JSON file has the board itself. For a PDF or an SVG the board is drawn again, while it still is what was exported. */
  override async drawPage(params: BoardParams, page: PageToDraw): Promise<Uint8Array> {
    const { export: source, number, maxSide, readFile, signal } = page;
    const isKept = source.format === 'json';
    if (!isKept) await this.assertUnchanged(params, source);
    const readState = async () => {
      if (isKept) return readFile();
      const state = (await this.sessions.readState(params.sessionId)) ?? fail(changed());
      await this.assertUnchanged(params, source);
      return state;
    };
    const board = { account: principalKey(page.caller), purpose: 'thumbnail' as const, readState };
    const { format, options } = source;
    // The only page of the file may be any page of the board.
    const only = isDrawnFormat(format) ? selectedPage(toPicture(format, options)) : undefined;
    const picture = { format: 'png', page: only ?? number, scale: { maxSide }, background: 'white' } as const;
    const drawing = await this.boards.open(board, picture, signal);
    for await (const png of drawing.pngPages()) return png;
    throw new Error('The drawing has no page');
  }

  /**
   * The revision at the request is the exported one if the board has it still: it only grows.
   * @throws DomainError conflict
   */
  private async assertUnchanged(
    { sessionId, rev }: BoardParams,
    { userId, tenantId }: SourceContext['export'],
  ): Promise<void> {
    const session = userId !== null ? await this.sessions.find(sessionId, { userId, tenantId }) : null;
    if (session?.rev !== rev || rev === undefined) throw changed();
  }
}

export function deletedError(): DomainError {
  return new DomainError('gone', 'session-deleted', 'The board was deleted before it could be exported');
}

function changed(): DomainError {
  const message =
    'The board has changed since this export was requested, so its pages cannot be drawn again. Download the file, or create ' +
    'a new export.';
  return new DomainError('conflict', 'preview-unsupported', message);
}

function fail(error: Error): never {
  throw error;
}
