import { Body, Controller, Get, Injectable, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ForCustomers } from '../../customer';
import {
  ApiExportCreation,
  CreationResponder,
  ExportListResponse,
  ExportPresenter,
  ExportResponse,
} from '../../export';
import { EstimateResponder } from '../../preview';
import { CurrentPrincipal } from '../../platform/auth/current-principal.decorator';
import { ForUsers } from '../../platform/auth/for-users.decorator';
import type { Principal } from '../../platform/auth/principal';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { PageQuery, pageSize } from '../../platform/http/page';
import { IdempotencyKey } from '../../platform/http/idempotency-key.decorator';
import { OperationId } from '../../platform/http/operation-id';
import { BoardExportService } from '../model/services/board-export.service';
import { BoardEstimateRequest, BoardExportRequest, BoardExportResponse } from './board-export.dto';

@Injectable()
abstract class BoardExports {
  constructor(
    private readonly boards: BoardExportService,
    private readonly presenter: ExportPresenter,
    private readonly responder: CreationResponder,
    private readonly estimates: EstimateResponder,
  ) {}

  @OperationId('createBoardExport')
  @Post(':id/export')
  @ApiOperation({ summary: 'Export a board as a picture, a document or its data' })
  @ApiExportCreation(ExportResponse)
  @ApiProblems(400, 404, 415, 422, 429)
  async request(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: BoardExportRequest,
    @Res() response: Response,
  ): Promise<void> {
    if (body.dry_run === true) {
      await this.estimates.send(principal, () => this.boards.authorize(principal, id, body.toInput()), response);
      return;
    }
    const creation = await this.boards.request(principal, id, body.toInput(), idempotencyKey);
    await this.responder.send(creation, principal, response);
  }

  @OperationId('listBoardExports')
  @Get(':id/exports')
  @ApiOperation({ summary: 'List the exports of a board, newest first' })
  @ApiOkResponse({ type: ExportListResponse })
  @ApiProblems(400, 404)
  async list(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Query() query: PageQuery,
    @Req() request: Request,
  ): Promise<ExportListResponse> {
    return this.presenter.list(await this.boards.list(principal, id, pageSize(query), query.cursor), request);
  }
}

@ForUsers()
@ApiTags('Board exports')
@ApiExtraModels(BoardExportResponse, BoardEstimateRequest)
@Controller('solo/sessions')
export class BoardExportsController extends BoardExports {}

/**
 * Exports of the boards that an external system created. They belong to the board's user as well.
 */
@ForCustomers()
@Controller('customer/solo/sessions')
export class CustomerBoardExportsController extends BoardExports {}
