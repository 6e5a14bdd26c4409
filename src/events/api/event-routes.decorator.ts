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
        'One row a participant, in the order of a class list, under their `external_id`, or under their `id` where they ' +
        'have none. The file is a one-time one unless `one_time` is `false`: its first complete download deletes it. ' +
        'What is `null` counts as left out. In json, `questions` tells by `column`, and by `points_column` where points ' +
        'were asked for, under which names a row has the answers. An answer is `null` where the question was skipped ' +
        'as well as where it was never shown; the list of results tells the two apart.',
    }),
    ApiExportCreation(ExportResponse),
    ApiProblems(400, 401, 404, 413, 415, 422, 429),
  );
