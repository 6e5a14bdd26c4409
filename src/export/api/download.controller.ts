import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentCustomer, ForCustomers } from '../../customer';
import { AcceptsLink } from '../../platform/auth/accepts-link.decorator';
import type { AuthenticatedRequest } from '../../platform/auth/current-principal.decorator';
import type { CustomerPrincipal } from '../../platform/auth/principal';
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
