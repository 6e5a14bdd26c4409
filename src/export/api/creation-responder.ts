import { pipeline } from 'node:stream/promises';
import { HttpStatus, Injectable, Logger } from '@nestjs/common';
import type { Response, Request } from 'express';
import { isCustomer, type Principal } from '../../platform/auth/principal';
import { abortSlowClient } from '../../platform/http/slow-client';
import { rateLimitHeaders } from '../../platform/rate-limit';
import type { Export } from '../model/domain/export';
import type { ExportCreation } from '../model/domain/interfaces/export.repository';
import { ExportFiles, type InlineJson } from '../model/services/export-files';
import { ExportChangeFeed } from '../model/services/export-change-feed';
import { ExportPresenter } from './export.presenter';
import { exactly } from '../model/services/export-files';

/** Responds to requests that create exports. */
@Injectable()
export class CreationResponder {
  private readonly logger = new Logger(CreationResponder.name);

  constructor(
    private readonly presenter: ExportPresenter,
    private readonly changes: ExportChangeFeed,
    private readonly files: ExportFiles,
  ) {}

  /**
   * Sends the record with 201, or with 200 for a repeat. If the client prefers to wait, sends it when the export is finished
   * or the time is over. A completed board as JSON is then part of the response.
   */
  async send(creation: ExportCreation, caller: Principal, response: Response): Promise<void> {
    const latest = { ...creation, export: await this.preferredState(creation.export, caller, response) };
    this.setHeaders(latest, caller, response);
    const record = this.presenter.created(latest);
    const data = await this.files.openInline(latest.export);
    if (data) await this.sendWithData(record, data, response);
    else response.json(record);
  }

  /** Sets the status and the headers of the response, such as the URL of the export. */
  setHeaders({ export: created, isNew, rateLimit }: ExportCreation, caller: Principal, response: Response): void {
    response.status(isNew ? HttpStatus.CREATED : HttpStatus.OK);
    response.location(`/api/v1/${isCustomer(caller) ? 'customer/' : ''}exports/${created.id}/`);
    if (rateLimit) response.set(rateLimitHeaders(rateLimit));
    this.presenter.setRetryAfter(created, response);
  }

  /** Copies the file into the response without parsing it or holding it in memory. */
  private async sendWithData(record: object, { body, size }: InlineJson, response: Response): Promise<void> {
    const start = Buffer.from(`${JSON.stringify(record).slice(0, -1)},"data":`);
    const end = Buffer.from('}');
    response.type('application/json').set('Content-Length', String(start.length + size + end.length));
    abortSlowClient(response);
    try {
      await pipeline(async function* () {
        yield start;
        yield* exactly(body, size);
        yield end;
      }, response);
    } catch (error) {
      // The pipeline has destroyed the connection, so that no client takes a part for the whole response.
      this.logger.warn('A response with the data of an export was interrupted', {
        event: 'export.inline_data_aborted',
        reason: String(error),
      });
    }
  }

  /** The export after the time that the client prefers to wait. */
  private async preferredState(created: Export, caller: Principal, response: Response): Promise<Export> {
    const seconds = preferredWait(response.req);
    if (seconds === null) return created;
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort();
    });
    const awaited = await this.changes.waitUntilFinished(created, caller, seconds * 1000, gone.signal);
    if (awaited.isComplete) response.set('Preference-Applied', `wait=${seconds}`);
    return awaited.export;
  }
}

export const MAX_WAIT_SECONDS = 30;

/** Splits a list at commas outside of quoted strings. */
const ELEMENT = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;
const IS_WAIT = /^\s*wait\s*(?:[=;]|$)/i;
const WAIT = /^\s*wait\s*=\s*("?)(\d+)\1\s*(?:;|$)/i;

/**
 * How many seconds the client wants to wait for the result (`Prefer: wait`, RFC 7240, 4.3), capped. The first preference
 * counts.
 * @returns `null` without a valid preference
 */
export function preferredWait(request: Request): number | null {
  const elements: readonly string[] = request.get('Prefer')?.match(ELEMENT) ?? [];
  const [, , seconds] = WAIT.exec(elements.find((element) => IS_WAIT.test(element)) ?? '') ?? [];
  return seconds === undefined ? null : Math.min(Number(seconds), MAX_WAIT_SECONDS);
}
