import { applyDecorators, Get, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiExportCreation, ExportResponse } from '../../export';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { EventDetailsResponse, EventListResponse } from './event.response';
import { ResultListResponse } from './result.response';

/** The routes that organisers and external systems have alike. */
export const ListsEvents = (): MethodDecorator =>
  applyDecorators(
    Get(),
    ApiOperation({ summary: 'List my events, newest first' }),
    ApiOkResponse({ type: EventListResponse }),
    ApiProblems(400, 401),
  );

export const ShowsEvent = (): MethodDecorator =>
  applyDecorators(
    Get(':id'),
    ApiOperation({ summary: 'One event with its questions, and how many take part' }),
    ApiOkResponse({ type: EventDetailsResponse }),
    ApiProblems(401, 404),
  );

export const ListsResults = (): MethodDecorator =>
  applyDecorators(
    Get(':id/results'),
    ApiOperation({ summary: 'Who takes part, newest first, with their results and answers' }),
    ApiOkResponse({ type: ResultListResponse }),
    ApiProblems(400, 401, 404),
  );

export const ExportsResults = (): MethodDecorator =>
  applyDecorators(
    Post(':id/results/export'),
    ApiOperation({
      summary: 'Ask for the results of an event as a file',
      description:
        'One row a participant, in the order of a class list. The file can be fetched once, unless asked otherwise.',
    }),
    ApiExportCreation(ExportResponse),
    ApiProblems(400, 401, 404, 415, 422, 429),
  );
