import { HttpStatus, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { isCustomer, type Party } from '../../platform/auth/caller';
import { preferredWait } from '../../platform/http/prefer-wait';
import { rateLimitHeaders } from '../../platform/rate-limit/rate-limit';
import type { Export } from '../model/domain/export';
import type { ExportCreation } from '../model/domain/interfaces/export.repository';
import { ExportWaiting } from '../model/services/export-waiting';
import { ExportPresenter } from './export.presenter';

/** Answers requests that create exports. */
@Injectable()
export class CreationResponder {
  constructor(
    private readonly presenter: ExportPresenter,
    private readonly waiting: ExportWaiting,
  ) {}

  /**
   * Sends the record: with 201, or with 200 when the same request had created it before. Where the client prefers to wait,
   * it is sent when the export is finished, or after that time.
   */
  async send(creation: ExportCreation, caller: Party, response: Response): Promise<void> {
    const latest = { ...creation, export: await this.preferredState(creation.export, caller, response) };
    this.setHeaders(latest, caller, response);
    response.json(this.presenter.created(latest));
  }

  /** Sets the status of the answer, and the address at which the caller can follow the export. */
  setHeaders({ export: created, isNew, rateLimit }: ExportCreation, caller: Party, response: Response): void {
    response.status(isNew ? HttpStatus.CREATED : HttpStatus.OK);
    response.location(`/api/v1/${isCustomer(caller) ? 'customer/' : ''}exports/${created.id}/`);
    if (rateLimit) response.set(rateLimitHeaders(rateLimit));
    this.presenter.setRetryAfter(created, response);
  }

  /** The export as it is after the time that the client prefers to wait. */
  private async preferredState(created: Export, caller: Party, response: Response): Promise<Export> {
    const seconds = preferredWait(response.req);
    if (seconds === null) return created;
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort();
    });
    const awaited = await this.waiting.untilFinished(created, caller, seconds * 1000, gone.signal);
    if (awaited.isComplete) response.set('Preference-Applied', `wait=${seconds}`);
    return awaited.export;
  }
}
