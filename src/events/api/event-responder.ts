import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { CreationResponder, toRetentionSeconds } from '../../export';
import type { Principal } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import { toPageResponse, type PageQuery, pageSize } from '../../platform/http/page';
import { EventService } from '../model/services/event.service';
import { ResultsExportService } from '../model/services/results-export.service';
import { EventDetailsResponse, type EventListResponse, EventResponse } from './event.response';
import { type ResultListResponse, ResultResponse } from './result.response';
import type { ResultsExportBody } from './results-export.dto';

/** What the routes of organisers and those of external systems answer: the same, each about the caller's own events. */
@Injectable()
export class EventResponder {
  constructor(
    private readonly events: EventService,
    private readonly results: ResultsExportService,
    private readonly exports: CreationResponder,
    private readonly config: Config,
  ) {}

  async list(caller: Principal, query: PageQuery, request: Request): Promise<EventListResponse> {
    const page = await this.events.list(caller, pageSize(query), query.cursor);
    return toPageResponse(page, request, this.config.http.publicUrl, (event) => EventResponse.of(event));
  }

  /** @throws DomainError not-found */
  async details(caller: Principal, id: string): Promise<EventDetailsResponse> {
    return EventDetailsResponse.withDetails(await this.events.getDetails(id, caller));
  }

  /** @throws DomainError not-found */
  async listResults(caller: Principal, id: string, query: PageQuery, request: Request): Promise<ResultListResponse> {
    const page = await this.events.listResults(id, caller, pageSize(query), query.cursor);
    return toPageResponse(page, request, this.config.http.publicUrl, (result) => ResultResponse.of(result));
  }

  /** @throws as ResultsExportService.request */
  async sendResultsExport(
    caller: Principal,
    id: string,
    { format, options, notify, one_time: oneTime, retention_days: days }: ResultsExportBody,
    idempotencyKey: string | null,
    response: Response,
  ): Promise<void> {
    const retentionSeconds = toRetentionSeconds(days);
    const request = { format, options: options ?? {}, oneTime: oneTime ?? true, notify, retentionSeconds };
    const creation = await this.results.request(caller, id, request, idempotencyKey);
    await this.exports.send(creation, caller, response);
  }
}
