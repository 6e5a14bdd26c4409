import { HttpStatus, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { LinkSigner } from '../../platform/auth/link-signer';
import { Config } from '../../platform/config/config';
import type { Page } from '../../platform/paging';
import { isNotModified } from '../../platform/http/etag';
import { toPageResponse } from '../../platform/http/page';
import type { Export } from '../model/domain/export';
import { isFinished } from '../model/domain/export-status';
import type { ExportCreation } from '../model/domain/interfaces/export.repository';
import { ExportFiles } from '../model/services/export-files';
import { type ExportLinks, type ExportListResponse, ExportResponse } from './export.response';

/** Most exports finish within a second. Clients poll long ones less often. */
const SOON_SECONDS = 1;
const LATER_SECONDS = 5;
const LONG_WORK_MS = 30_000;

/** The signed path of links to an event stream. Links to files sign other paths, so neither opens the other. */
function eventsPath(exportId: string): string {
  return `/api/v1/exports/${exportId}/events`;
}

/** Presents exports over HTTP: the record, its links, and the headers of its state. */
@Injectable()
export class ExportPresenter {
  constructor(
    private readonly files: ExportFiles,
    private readonly links: LinkSigner,
    private readonly config: Config,
  ) {}

  /**
   * @param linkExpiresAt for the bearer of a link to the event stream: the links they receive expire with their own
   */
  record(source: Export, linkExpiresAt?: Date): ExportResponse {
    return ExportResponse.of(source, this.linksTo(source, linkExpiresAt));
  }

  list(page: Page<Export>, request: Request): ExportListResponse {
    return toPageResponse(page, request, this.config.http.publicUrl, (item) => this.record(item));
  }

  /** The record in the response to the request that created it. */
  created({ export: created, webhookSecret }: ExportCreation): ExportResponse {
    return ExportResponse.of(created, this.linksTo(created), webhookSecret);
  }

  /** The record with its validators, or 304 when the client has this version. */
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

  /** Changes with the record and its links: a 304 never leaves a client with a link that is about to expire. */
  versionTag({ updatedAt, object, status }: Export): string {
    const link = object || !isFinished(status) ? `-${this.links.expiry().toString(36)}` : '';
    return `W/"${updatedAt.getTime().toString(36)}${link}"`;
  }

  private linksTo(source: Export, linkExpiresAt?: Date): ExportLinks {
    return { fileUrl: this.files.linkTo(source), eventsUrl: this.eventsLinkTo(source, linkExpiresAt) };
  }

  /** A finished export has no more events. */
  private eventsLinkTo({ id, status }: Export, linkExpiresAt?: Date): string | null {
    if (isFinished(status)) return null;
    const path = eventsPath(id);
    return linkExpiresAt ? this.links.signUntil(path, linkExpiresAt) : this.links.sign(path);
  }

  /** Says when to ask again while the export is unfinished. */
  setRetryAfter({ status, createdAt }: Export, response: Response): void {
    if (isFinished(status)) return;
    response.set('Retry-After', String(Date.now() - createdAt.getTime() < LONG_WORK_MS ? SOON_SECONDS : LATER_SECONDS));
  }
}
