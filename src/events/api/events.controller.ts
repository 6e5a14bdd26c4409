import { Body, Controller, Get, Injectable, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ForCustomers } from '../../customer';
import { ApiExportCreation, CreationResponder, ExportResponse } from '../../export';
import { EstimateResponder } from '../../preview';
import { CurrentPrincipal } from '../../platform/auth/current-principal.decorator';
import { ForUsers } from '../../platform/auth/for-users.decorator';
import type { Principal } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { IdempotencyKey } from '../../platform/http/idempotency-key.decorator';
import { PageQuery, pageSize, toPageResponse } from '../../platform/http/page';
import { OperationId } from '../../platform/http/operation-id';
import { EventService } from '../model/services/event.service';
import { ResultsExportService } from '../model/services/results-export.service';
import { EventDetailsResponse, EventListResponse, EventResponse } from './event.response';
import { ResultListResponse, ResultResponse } from './result.response';
import { ResultsEstimateBody, ResultsExportBody, ResultsExportResponse } from './results-export.dto';

@Injectable()
abstract class Events {
  constructor(
    private readonly events: EventService,
    private readonly exports: ResultsExportService,
    private readonly responder: CreationResponder,
    private readonly estimates: EstimateResponder,
    private readonly config: Config,
  ) {}

  @OperationId('listEvents')
  @Get()
  @ApiOperation({ summary: 'List your events, newest first' })
  @ApiOkResponse({ type: EventListResponse })
  @ApiProblems(400)
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: PageQuery,
    @Req() request: Request,
  ): Promise<EventListResponse> {
    const page = await this.events.list(principal, pageSize(query), query.cursor);
    return toPageResponse(page, request, this.config.http.publicUrl, (event) => EventResponse.of(event));
  }

  @OperationId('getEvent')
  @Get(':id')
  @ApiOperation({ summary: 'Get an event with its questions and participant counts' })
  @ApiOkResponse({ type: EventDetailsResponse })
  @ApiProblems(404)
  async details(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<EventDetailsResponse> {
    return EventDetailsResponse.withDetails(await this.events.getDetails(id, principal));
  }

  @OperationId('listResults')
  @Get(':id/results')
  @ApiOperation({ summary: 'List the participants of an event with their results and answers, newest first' })
  @ApiOkResponse({ type: ResultListResponse })
  @ApiProblems(400, 404)
  async results(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Query() query: PageQuery,
    @Req() request: Request,
  ): Promise<ResultListResponse> {
    const page = await this.events.listResults(id, principal, pageSize(query), query.cursor);
    return toPageResponse(page, request, this.config.http.publicUrl, (result) => ResultResponse.of(result));
  }

  @OperationId('createResultsExport')
  @Post(':id/results/export')
  @ApiOperation({
    summary: 'Export the results of an event',
    description:
      'The file has one row per participant, sorted by name, identified by `external_id`, or by `id` where that is ' +
      'missing. It is a one-time file unless `one_time` is `false`: the first complete download deletes it. ' +
      '`null` is the same as a missing field. In json, `questions` names for each question the `column` of its ' +
      'answers and, if points were requested, its `points_column`. An answer is `null` if the question was skipped ' +
      'or never shown; the list of results distinguishes the two.',
  })
  @ApiExportCreation(ExportResponse)
  @ApiProblems(400, 404, 413, 415, 422, 429)
  async exportResults(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: ResultsExportBody,
    @Res() response: Response,
  ): Promise<void> {
    const request = body.toRequest();
    if (body.dry_run === true) {
      await this.estimates.send(principal, () => this.exports.authorize(principal, id, request), response);
      return;
    }
    const creation = await this.exports.request(principal, id, request, idempotencyKey);
    await this.responder.send(creation, principal, response);
  }
}

/** The events that a user organizes. */
@ForUsers()
@ApiTags('Events')
@ApiExtraModels(ResultsExportResponse, ResultsEstimateBody)
@Controller('events')
export class EventsController extends Events {}

/** The events that belong to an external system. */
@ForCustomers()
@Controller('customer/events')
export class CustomerEventsController extends Events {}
