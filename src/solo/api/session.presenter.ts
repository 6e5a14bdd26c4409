import { HttpStatus, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { type Principal, principalKey } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import { LARGE_BODY_BYTES, LARGE_BODY_PACE, LargeBodies } from '../../platform/http/large-bodies';
import type { Page } from '../../platform/paging';
import { toPageResponse, type PageResponse } from '../../platform/http/page';
import { abortSlowClient } from '../../platform/http/slow-client';
import type { SoloSession } from '../model/domain/solo-session';
import { revisionTag } from './expected-revision';
import { SessionThumbnailService } from '../model/services/session-thumbnail.service';
import { type SavedSession, type SessionCreation, SoloSessionService } from '../model/services/solo-session.service';

/** How long a large response waits for its turn: nothing of it is held meanwhile. */
const PATIENCE_MS = 15_000;

/** What is shown of a session without its board; it depends on who looks. */
interface Summary<Shown extends object> {
  of(session: SoloSession, thumbnailUrl: string | null): Shown;
}

/** Shows sessions over HTTP. */
@Injectable()
export class SessionPresenter {
  constructor(
    private readonly sessions: SoloSessionService,
    private readonly thumbnails: SessionThumbnailService,
    private readonly largeBodies: LargeBodies,
    private readonly config: Config,
  ) {}

  list<Shown extends object>(
    page: Page<SoloSession>,
    summary: Summary<Shown>,
    request: Request,
  ): PageResponse & { readonly results: Shown[] } {
    return toPageResponse(page, request, this.config.http.publicUrl, (session) =>
      summary.of(session, this.thumbnails.linkTo(session)),
    );
  }

  /** 201, or 200 when the same request had made it before. */
  sendCreated(
    creation: SessionCreation,
    summary: Summary<object>,
    caller: Principal,
    response: Response,
  ): Promise<void> {
    response.status(creation.isNew ? HttpStatus.CREATED : HttpStatus.OK);
    return this.send(creation, summary, caller, response);
  }

  /** Puts the state into the answer as it stands: a large board is neither parsed nor copied to be shown. */
  async send(
    { session, state: given }: SavedSession,
    summary: Summary<object>,
    caller: Principal,
    response: Response,
  ): Promise<void> {
    const state = given ?? (await this.readState(session, caller, response));
    const shown = JSON.stringify(summary.of(session, this.thumbnails.linkTo(session)));
    const start = Buffer.from(`${shown.slice(0, -1)},"state":`);
    const end = Buffer.from('}');
    response.type('application/json').set({ 'Cache-Control': 'private, no-cache', ETag: revisionTag(session) });
    response.set('Content-Length', String(start.length + state.length + end.length));
    response.cork();
    response.write(start);
    response.write(state);
    response.end(end);
    response.uncork();
  }

  /** Reads the state; a large one in its turn, which ends with the response. */
  private async readState(session: SoloSession, caller: Principal, response: Response): Promise<Buffer> {
    const size = await this.sessions.stateSize(session);
    if (size >= LARGE_BODY_BYTES) {
      const slot = await this.largeBodies.responses.wait(principalKey(caller), size, PATIENCE_MS);
      if (response.closed) slot.release();
      else response.once('close', slot.release);
      abortSlowClient(response, LARGE_BODY_PACE);
    }
    return this.sessions.readState(session);
  }
}
