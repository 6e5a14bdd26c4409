import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/http/api-problem.decorator';

const BY_LINK = 'With a token, or by the link in `file_url` without any header. ';
const ONCE =
  'A one-time file is given out by a plain GET alone, and once: while it is being given out, others get 409 with ' +
  'Retry-After, and after that 410. A download that breaks off does not count.';

const BYTES = { 'application/octet-stream': { schema: { type: 'string' as const, format: 'binary' } } };

/**
 * Documents a route that hands out a file.
 * @param byLink whether a signed link leads to it
 */
export function ApiDownload({ byLink }: { readonly byLink: boolean }): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'Fetch the file',
      description: `${byLink ? BY_LINK : ''}${ONCE}`,
    }),
    ApiHeader({ name: 'Range', required: false, description: 'One range of bytes; not of a one-time file' }),
    ApiHeader({ name: 'If-Range', required: false, description: 'The ETag that the range belongs to' }),
    ApiHeader({ name: 'If-None-Match', required: false, description: 'The ETag of a file that the caller has' }),
    ApiOkResponse({
      description: 'The whole file',
      content: BYTES,
      headers: {
        ETag: { description: 'Changes with the bytes', schema: { type: 'string' } },
        'Content-Disposition': { description: 'The name of the file', schema: { type: 'string' } },
        'Accept-Ranges': { description: '`bytes`, or `none` for a one-time file', schema: { type: 'string' } },
      },
    }),
    ApiResponse({
      status: 206,
      description: 'The range that was asked for',
      content: BYTES,
      headers: { 'Content-Range': { description: 'Which bytes of how many', schema: { type: 'string' } } },
    }),
    ApiResponse({
      status: 302,
      description: 'The storage hands the file out; never for a one-time file',
      headers: { Location: { description: 'Where', schema: { type: 'string', format: 'uri' } } },
    }),
    ApiResponse({ status: 304, description: 'The caller has the file already' }),
    ApiResponse({
      status: 416,
      description: 'The file has no such range, or is given out whole only',
      headers: { 'Content-Range': { description: 'How many bytes there are', schema: { type: 'string' } } },
    }),
    ApiProblems(401, 403, 404, 409, 410, 412),
  );
}
