import { HttpStatus, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { type Principal, principalKey } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import { LARGE_BODY_BYTES, LARGE_BODY_PACE, LargeBodies } from '../../platform/http/large-bodies';
import type { Page } from '../../platform/paging';
import { toPageResponse, type PageResponse } from '../../platform/http/page';
import { abortSlowClient } from '../../platform/http/slow-client';
import type { SoloSession } from '../model/domain/solo-session';
import { SessionThumbnailService } from '../model/services/session-thumbnail.service';
import { type SavedSession, type SessionCreation, SoloSessionService } from '../model/services/solo-session.service';
import { sessionTag } from './session-etag';

/** How long a large response waits for its slot. It takes no memory while it waits. */
const MAX_WAIT_MS = 15_000;

/**
 * The response class of a session without its state, which differs for users and external systems.
 */
interface Summary<Shape extends object> {
  of(session: SoloSession, thumbnailUrl: string | null): Shape;
}

/** Sends sessions as HTTP responses. */
@Injectable()
export class SessionPresenter {
  constructor(
    private readonly sessions: SoloSessionService,
    private readonly thumbnails: SessionThumbnailService,
    private readonly largeBodies: LargeBodies,
    private readonly config: Config,
  ) {}

  list<Shape extends object>(
    page: Page<SoloSession>,
    summary: Summary<Shape>,
    request: Request,
  ): PageResponse & { readonly results: Shape[] } {
    return toPageResponse(page, request, this.config.http.publicUrl, (session) =>
      summary.of(session, this.thumbnails.linkTo(session)),
    );
  }

  /** Responds with 201, or with 200 to a repeat of the request. */
  sendCreated(
    creation: SessionCreation,
    summary: Summary<object>,
    principal: Principal,
    response: Response,
  ): Promise<void> {
    response.status(creation.isNew ? HttpStatus.CREATED : HttpStatus.OK);
    return this.send(creation, summary, principal, response);
  }

  /** Writes the stored state into the response without parsing or copying it. */
  async send(
    { session, state: knownState }: SavedSession,
    summary: Summary<object>,
    principal: Principal,
    response: Response,
  ): Promise<void> {
    const state = knownState ?? (await this.readState(session, principal, response));
    const body = JSON.stringify(summary.of(session, this.thumbnails.linkTo(session)));
    const start = Buffer.from(`${body.slice(0, -1)},"state":`);
    const end = Buffer.from('}');
    response.type('application/json').set({ 'Cache-Control': 'private, no-cache', ETag: sessionTag(session) });
    response.set('Content-Length', String(start.length + state.length + end.length));
    response.cork();
    response.write(start);
    response.write(state);
    response.end(end);
    response.uncork();
  }

  /** Reads the state. A large one waits for a slot, which is released with the response. */
  private async readState(session: SoloSession, principal: Principal, response: Response): Promise<Buffer> {
    const size = await this.sessions.stateSize(session);
    if (size >= LARGE_BODY_BYTES) {
      const slot = await this.largeBodies.responses.wait(principalKey(principal), size, MAX_WAIT_MS);
      if (response.closed) slot.release();
      else response.once('close', slot.release);
      abortSlowClient(response, LARGE_BODY_PACE);
    }
    return this.sessions.readState(session);
  }
}
