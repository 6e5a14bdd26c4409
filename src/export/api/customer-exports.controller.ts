import { Controller, Delete, Get, HttpCode, HttpStatus, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentCustomer, ForCustomers } from '../../customer';
import type { CustomerPrincipal } from '../../platform/auth/principal';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { pageSize } from '../../platform/http/page';
import { OperationId } from '../../platform/http/operation-id';
import { ExportService } from '../model/services/export.service';
import { ApiDownload } from './api-download.decorator';
import { ApiExportStatus } from './api-export-status.decorator';
import { ExportListQuery } from './export-list.query';
import { ExportPresenter } from './export.presenter';
import { ExportListResponse, ExportResponse } from './export.response';
import { FileResponder } from './file-responder';

/** What an external system asked for, for itself or for its users. */
@ForCustomers()
@Controller('customer')
export class CustomerExportsController {
  constructor(
    private readonly exports: ExportService,
    private readonly presenter: ExportPresenter,
    private readonly files: FileResponder,
  ) {}

  @OperationId('listExports')
  @Get('exports')
  @ApiOperation({ summary: 'List my exports, newest first' })
  @ApiOkResponse({ type: ExportListResponse })
  @ApiProblems(400)
  async list(
    @CurrentCustomer() owner: CustomerPrincipal,
    @Query() query: ExportListQuery,
    @Req() request: Request,
  ): Promise<ExportListResponse> {
    const { cursor, status, kind, format } = query;
    return this.presenter.list(
      await this.exports.list({ owner, size: pageSize(query), cursor, status, kind, format }),
      request,
    );
  }

  @OperationId('getExport')
  @Get('exports/:id')
  @ApiExportStatus()
  async status(
    @Param('id') id: string,
    @CurrentCustomer() owner: CustomerPrincipal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExportResponse | undefined> {
    return this.presenter.status(await this.exports.get(id, owner), request, response);
  }

  @OperationId('deleteExport')
  @Delete('exports/:id')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Cancel an unfinished export, or delete the file of a completed one' })
  @ApiOkResponse({ type: ExportResponse, description: 'The export: cancelled, expired, or as it had ended before' })
  @ApiProblems(404)
  async remove(@Param('id') id: string, @CurrentCustomer() owner: CustomerPrincipal): Promise<ExportResponse> {
    return this.presenter.record(await this.exports.remove(id, owner));
  }

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
