import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentCustomer, ForCustomers } from '../../customer';
import {
  ApiExportCreation,
  CreationResponder,
  ExportListResponse,
  ExportPresenter,
  ExportResponse,
} from '../../export';
import type { CustomerPrincipal } from '../../platform/auth/principal';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { PageQuery, pageSize } from '../../platform/http/page';
import { IdempotencyKey } from '../../platform/idempotency/idempotency-key.decorator';
import { BoardExportService } from '../model/services/board-export.service';
import { BoardExportRequest } from './export-request.dto';

/** Exports of the boards that an external system began. They belong to its user as well, whoever asks for them. */
@ForCustomers()
@Controller('customer/solo/sessions')
export class CustomerBoardExportsController {
  constructor(
    private readonly boards: BoardExportService,
    private readonly presenter: ExportPresenter,
    private readonly responder: CreationResponder,
  ) {}

  @Post(':id/export')
  @ApiOperation({ summary: 'Ask for a picture, a document or the data of a board' })
  @ApiExportCreation(ExportResponse)
  @ApiProblems(400, 404, 415, 422)
  async request(
    @Param('id') id: string,
    @CurrentCustomer() customer: CustomerPrincipal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: BoardExportRequest,
    @Res() response: Response,
  ): Promise<void> {
    const creation = await this.boards.request(customer, id, body.wanted(), idempotencyKey);
    await this.responder.send(creation, customer, response);
  }

  @Get(':id/exports')
  @ApiOperation({ summary: 'The exports of a board, newest first' })
  @ApiOkResponse({ type: ExportListResponse })
  @ApiProblems(400, 404)
  async list(
    @Param('id') id: string,
    @CurrentCustomer() customer: CustomerPrincipal,
    @Query() query: PageQuery,
    @Req() request: Request,
  ): Promise<ExportListResponse> {
    return this.presenter.list(await this.boards.list(customer, id, pageSize(query), query.cursor), request);
  }
}
