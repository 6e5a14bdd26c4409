import { HttpStatus, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Config } from '../../platform/config/config';
import { type Page, pageAnswer, type PageResponse } from '../../platform/http/page';
import type { SoloSession } from '../model/domain/solo-session';
import { SessionThumbnailService } from '../model/services/session-thumbnail.service';
import type { SessionCreation, SessionWithState } from '../model/services/solo-session.service';

/** What is shown of a session without its board; it depends on who looks. */
interface Summary<Shown extends object> {
  of(session: SoloSession, thumbnailUrl: string | null): Shown;
}

/** Shows sessions over HTTP. */
@Injectable()
export class SessionPresenter {
  constructor(
    private readonly thumbnails: SessionThumbnailService,
    private readonly config: Config,
  ) {}

  list<Shown extends object>(
    page: Page<SoloSession>,
    summary: Summary<Shown>,
    request: Request,
  ): PageResponse & { readonly results: Shown[] } {
    return pageAnswer(page, request, this.config.http.publicUrl, (session) =>
      summary.of(session, this.thumbnails.linkTo(session)),
    );
  }

  /** 201, or 200 when the same request had made it before. */
  sendCreated(creation: SessionCreation, summary: Summary<object>, response: Response): void {
    response.status(creation.isNew ? HttpStatus.CREATED : HttpStatus.OK);
    this.send(creation, summary, response);
  }

  /** Puts the state into the answer as it stands: a large board is not parsed to be shown. */
  send({ session, state }: SessionWithState, summary: Summary<object>, response: Response): void {
    const shown = JSON.stringify(summary.of(session, this.thumbnails.linkTo(session)));
    const json = `${shown.slice(0, -1)},"state":${state}}`;
    response.type('application/json').set('Cache-Control', 'private, no-cache').send(json);
  }
}
