import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { ExportResponse } from './export.response';

/** Documents a route that tells how far an export is. */
export function ApiExportStatus(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'How far an export is',
      description: 'While it is unfinished the answer says in Retry-After when to ask again.',
    }),
    ApiHeader({ name: 'If-None-Match', required: false, description: 'The ETag of an earlier answer' }),
    ApiOkResponse({
      type: ExportResponse,
      headers: {
        ETag: { description: 'The version of this answer', schema: { type: 'string' } },
        'Retry-After': { description: 'Seconds; only while unfinished', schema: { type: 'integer' } },
      },
    }),
    ApiResponse({ status: 304, description: 'Nothing has changed' }),
    ApiProblems(404),
  );
}
