import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { AcceptsLink } from '../../platform/auth/accepts-link.decorator';
import type { AuthenticatedRequest } from '../../platform/auth/current-principal.decorator';
import { OperationId } from '../../platform/http/operation-id';
import { ApiDownload } from './api-download.decorator';
import { FileResponder } from './file-responder';

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
