import { Body, Controller, Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { CurrentCustomer, ForCustomers } from '../../customer';
import type { CustomerPrincipal } from '../../platform/auth/principal';
import { PageQuery } from '../../platform/http/page';
import { IdempotencyKey } from '../../platform/http/idempotency-key.decorator';
import { EventResponder } from './event-responder';
import { ExportsResults, ListsEvents, ListsResults, ShowsEvent } from './event-routes.decorator';
import type { EventDetailsResponse, EventListResponse } from './event.response';
import type { ResultListResponse } from './result.response';
import { ResultsExportBody } from './results-export.dto';

/** For external systems, about the events that are held for them. */
@ForCustomers()
@Controller('customer/events')
export class EventsCustomerController {
  constructor(private readonly answers: EventResponder) {}

  @ListsEvents()
  list(
    @CurrentCustomer() caller: CustomerPrincipal,
    @Query() query: PageQuery,
    @Req() request: Request,
  ): Promise<EventListResponse> {
    return this.answers.list(caller, query, request);
  }

  @ShowsEvent()
  details(@Param('id') id: string, @CurrentCustomer() caller: CustomerPrincipal): Promise<EventDetailsResponse> {
    return this.answers.details(caller, id);
  }

  @ListsResults()
  results(
    @Param('id') id: string,
    @CurrentCustomer() caller: CustomerPrincipal,
    @Query() query: PageQuery,
    @Req() request: Request,
  ): Promise<ResultListResponse> {
    return this.answers.listResults(caller, id, query, request);
  }

  @ExportsResults()
  exportResults(
    @Param('id') id: string,
    @CurrentCustomer() caller: CustomerPrincipal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: ResultsExportBody,
    @Res() response: Response,
  ): Promise<void> {
    return this.answers.sendResultsExport(caller, id, body, idempotencyKey, response);
  }
}
