import { Controller, Get, Param, Req, Res, applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiTags, ApiHeader, ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentCustomer, ForCustomers } from '../../customer';
import { AcceptsLink } from '../../platform/auth/accepts-link.decorator';
import type { AuthenticatedRequest } from '../../platform/auth/current-principal.decorator';
import type { CustomerPrincipal } from '../../platform/auth/principal';
import { OperationId } from '../../platform/http/operation-id';
import { FileResponder } from './file-responder';
import { ApiProblems } from '../../platform/http/api-problem.decorator';

const BY_LINK = 'With a token, or by the link in `file_url` without any header. ';
const ONCE =
  'Only a plain GET downloads a one-time file, and its first complete download deletes it: other clients get 409 with ' +
  'Retry-After during that download, and 410 after it. An aborted download does not count.';

const BYTES = { 'application/octet-stream': { schema: { type: 'string' as const, format: 'binary' } } };

/**
 * Documents a route that serves a file.
 * @param byLink whether signed links lead to it
 */
export function ApiDownload({ byLink }: { readonly byLink: boolean }): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'Download the file',
      description: `${byLink ? BY_LINK : ''}${ONCE}`,
    }),
    ApiHeader({ name: 'Range', required: false, description: 'One range of bytes; not for a one-time file' }),
    ApiHeader({ name: 'If-Range', required: false, description: 'The ETag of the file to which the range applies' }),
    ApiHeader({ name: 'If-None-Match', required: false, description: 'The ETag of the file that the client has' }),
    ApiOkResponse({
      description: 'The whole file',
      content: BYTES,
      headers: {
        ETag: { description: 'Changes when the bytes change', schema: { type: 'string' } },
        'Content-Disposition': { description: 'The name of the file', schema: { type: 'string' } },
        'Accept-Ranges': { description: '`bytes`, or `none` for a one-time file', schema: { type: 'string' } },
      },
    }),
    ApiResponse({
      status: 206,
      description: 'The requested range',
      content: BYTES,
      headers: { 'Content-Range': { description: 'The range and the size of the file', schema: { type: 'string' } } },
    }),
    ApiResponse({
      status: 302,
      description: 'Redirects to the storage; never for a one-time file',
      headers: { Location: { description: 'A signed URL of the storage', schema: { type: 'string', format: 'uri' } } },
    }),
    ApiResponse({ status: 304, description: 'The client has the file already' }),
    ApiResponse({
      status: 416,
      description: 'The file has no such range, or is a one-time file, which is served whole',
      headers: { 'Content-Range': { description: 'The size of the file', schema: { type: 'string' } } },
    }),
    ApiProblems(401, 403, 404, 409, 410, 412),
  );
}

@ApiTags('Exports')
@ApiBearerAuth()
@Controller()
export class DownloadController {
  constructor(private readonly files: FileResponder) {}

  @OperationId('downloadExport', 'downloadExportFile')
  @Get(['exports/:id/download', 'export/:id'])
  @AcceptsLink()
  @ApiDownload({ byLink: true })
  download(@Param('id') id: string, @Req() request: AuthenticatedRequest, @Res() response: Response): Promise<void> {
    return this.files.send(id, request.principal ?? null, request, response);
  }
}

@ForCustomers()
@Controller('customer')
export class CustomerDownloadController {
  constructor(private readonly files: FileResponder) {}

  @OperationId('downloadExportFile', 'downloadExport')
  @Get(['export/:id', 'exports/:id/download'])
  @ApiDownload({ byLink: false })
  download(
    @Param('id') id: string,
    @CurrentCustomer() owner: CustomerPrincipal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.files.send(id, owner, request, response);
  }
}
