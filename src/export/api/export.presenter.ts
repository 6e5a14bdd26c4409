import { HttpStatus, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { LinkSigner } from '../../platform/auth/link-signer';
import { Config } from '../../platform/config/config';
import type { Page } from '../../platform/paging';
import { toPageResponse } from '../../platform/http/page';
import type { Export } from '../model/domain/export';
import { isFinished } from '../model/domain/export-status';
import type { ExportCreation } from '../model/domain/interfaces/export.repository';
import { ExportFiles } from '../model/services/export-files';
import { type ExportLinks, type ExportListResponse, ExportResponse } from './export.response';
import { isNotModified } from './file-responder';

/** Most work is done within a second; what takes half a minute already need not be asked for so often. */
const SOON_SECONDS = 1;
const LATER_SECONDS = 5;
const LONG_WORK_MS = 30_000;

/** The path that links to an event stream sign. No link to a file signs it, so that neither opens what the other does. */
function eventsPath(exportId: string): string {
  return `/api/v1/exports/${exportId}/events`;
}

/** Shows exports over HTTP: the record, its link, and the headers that go with its state. */
@Injectable()
export class ExportPresenter {
  constructor(
    private readonly files: ExportFiles,
    private readonly links: LinkSigner,
    private readonly config: Config,
  ) {}

  /**
   * @param linkExpiresAt where it is shown to the bearer of a link to the event stream: their link does not renew itself
   */
  record(source: Export, linkExpiresAt?: Date): ExportResponse {
    return ExportResponse.of(source, this.linksTo(source, linkExpiresAt));
  }

  list(page: Page<Export>, request: Request): ExportListResponse {
    return toPageResponse(page, request, this.config.http.publicUrl, (item) => this.record(item));
  }

  /** The record in the answer to the request that created it. */
  created({ export: created, webhookSecret }: ExportCreation): ExportResponse {
    return ExportResponse.of(created, this.linksTo(created), webhookSecret);
  }

  /** The record with its validators, or nothing and 304 when the caller isNotModified it already. */
  status(source: Export, request: Request, response: Response): ExportResponse | undefined {
    const tag = this.versionTag(source);
    response.set({ ETag: tag, 'Cache-Control': 'private, no-cache' });
    this.setRetryAfter(source, response);
    if (isNotModified(request, tag)) {
      response.status(HttpStatus.NOT_MODIFIED);
      return undefined;
    }
    return this.record(source);
  }

  /** Changes with the record and with the link that is shown: a 304 never lets a caller keep a link that is about to end. */
  versionTag({ updatedAt, object, status }: Export): string {
    const link = object || !isFinished(status) ? `-${this.links.expiry().toString(36)}` : '';
    return `W/"${updatedAt.getTime().toString(36)}${link}"`;
  }

  private linksTo(source: Export, linkExpiresAt?: Date): ExportLinks {
    return { fileUrl: this.files.linkTo(source), eventsUrl: this.eventsLinkTo(source, linkExpiresAt) };
  }

  /** A finished export changes no more, and has no events to follow. */
  private eventsLinkTo({ id, status }: Export, linkExpiresAt?: Date): string | null {
    if (isFinished(status)) return null;
    const path = eventsPath(id);
    return linkExpiresAt ? this.links.signUntil(path, linkExpiresAt) : this.links.sign(path);
  }

  /** When the status is worth asking for, while that changes. */
  setRetryAfter({ status, createdAt }: Export, response: Response): void {
    if (isFinished(status)) return;
    response.set('Retry-After', String(Date.now() - createdAt.getTime() < LONG_WORK_MS ? SOON_SECONDS : LATER_SECONDS));
  }
}
