import { Body, Controller, Param, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { UserPrincipal } from '../../platform/auth/principal';
import { CurrentUser } from '../../platform/auth/current-principal.decorator';
import { PageQuery } from '../../platform/http/page';
import { IdempotencyKey } from '../../platform/http/idempotency-key.decorator';
import { EventResponder } from './event-responder';
import { ExportsResults, ListsEvents, ListsResults, ShowsEvent } from './event-routes.decorator';
import type { EventDetailsResponse, EventListResponse } from './event.response';
import type { ResultListResponse } from './result.response';
import { ResultsExportBody } from './results-export.dto';

/** For organisers, about the events that they hold. */
@ApiTags('Events')
@ApiBearerAuth()
@Controller('events')
export class EventsController {
  constructor(private readonly answers: EventResponder) {}

  @ListsEvents()
  list(
    @CurrentUser() caller: UserPrincipal,
    @Query() query: PageQuery,
    @Req() request: Request,
  ): Promise<EventListResponse> {
    return this.answers.list(caller, query, request);
  }

  @ShowsEvent()
  details(@Param('id') id: string, @CurrentUser() caller: UserPrincipal): Promise<EventDetailsResponse> {
    return this.answers.details(caller, id);
  }

  @ListsResults()
  results(
    @Param('id') id: string,
    @CurrentUser() caller: UserPrincipal,
    @Query() query: PageQuery,
    @Req() request: Request,
  ): Promise<ResultListResponse> {
    return this.answers.listResults(caller, id, query, request);
  }

  @ExportsResults()
  exportResults(
    @Param('id') id: string,
    @CurrentUser() caller: UserPrincipal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: ResultsExportBody,
    @Res() response: Response,
  ): Promise<void> {
    return this.answers.sendResultsExport(caller, id, body, idempotencyKey, response);
  }
}
