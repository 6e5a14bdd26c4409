import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/http/api-problem.decorator';

const BYTES = { 'application/octet-stream': { schema: { type: 'string' as const, format: 'binary' } } };

/** Documents the route that hands out a file. */
export function ApiDownload(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'Fetch the file',
      description:
        'With a token, or by the link in `file_url` without any header. A one-time file is given out by a plain GET alone, and once: ' +
        'while it is being given out, others get 409 with Retry-After, and after that 410. A download that breaks off does not count.',
    }),
    ApiQuery({ name: 'expires', required: false, description: 'Part of a link' }),
    ApiQuery({ name: 'signature', required: false, description: 'Part of a link' }),
    ApiHeader({ name: 'Range', required: false, description: 'One range of bytes' }),
    ApiHeader({ name: 'If-Range', required: false, description: 'The ETag that the range belongs to' }),
    ApiHeader({ name: 'If-None-Match', required: false, description: 'The ETag of a file that the caller has' }),
    ApiOkResponse({
      description: 'The whole file',
      content: BYTES,
      headers: {
        ETag: { description: 'Changes with the bytes', schema: { type: 'string' } },
        'Content-Disposition': { description: 'The name of the file', schema: { type: 'string' } },
        'Accept-Ranges': { description: 'Always bytes', schema: { type: 'string' } },
      },
    }),
    ApiResponse({
      status: 206,
      description: 'The range that was asked for',
      content: BYTES,
      headers: { 'Content-Range': { description: 'Which bytes of how many', schema: { type: 'string' } } },
    }),
    ApiResponse({ status: 302, description: 'The storage hands the file out at the address in Location' }),
    ApiResponse({ status: 304, description: 'The caller has the file already' }),
    ApiResponse({ status: 416, description: 'The file has no such range, or is given out whole only' }),
    ApiProblems(401, 403, 404, 409, 410, 412),
  );
}
