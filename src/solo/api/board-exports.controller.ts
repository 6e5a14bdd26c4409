import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import {
  ApiExportCreation,
  CreationResponder,
  ExportListResponse,
  ExportPresenter,
  ExportResponse,
} from '../../export';
import type { UserPrincipal } from '../../platform/auth/principal';
import { CurrentUser } from '../../platform/auth/current-user.decorator';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { PageQuery, pageSize } from '../../platform/http/page';
import { IdempotencyKey } from '../../platform/idempotency/idempotency-key.decorator';
import { BoardExportService } from '../model/services/board-export.service';
import { BoardExportRequest } from './export-request.dto';

@ApiTags('Board exports')
@ApiBearerAuth()
@Controller('solo/sessions')
export class BoardExportsController {
  constructor(
    private readonly boards: BoardExportService,
    private readonly presenter: ExportPresenter,
    private readonly responder: CreationResponder,
  ) {}

  @Post(':id/export')
  @ApiOperation({ summary: 'Ask for a picture, a document or the data of a board' })
  @ApiExportCreation(ExportResponse)
  @ApiProblems(400, 401, 404, 415, 422, 429)
  async request(
    @Param('id') id: string,
    @CurrentUser() caller: UserPrincipal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: BoardExportRequest,
    @Res() response: Response,
  ): Promise<void> {
    const creation = await this.boards.request(caller, id, body.wanted(), idempotencyKey);
    await this.responder.send(creation, caller, response);
  }

  @Get(':id/exports')
  @ApiOperation({ summary: 'The exports of a board, newest first' })
  @ApiOkResponse({ type: ExportListResponse })
  @ApiProblems(400, 401, 404)
  async list(
    @Param('id') id: string,
    @CurrentUser() caller: UserPrincipal,
    @Query() query: PageQuery,
    @Req() request: Request,
  ): Promise<ExportListResponse> {
    return this.presenter.list(await this.boards.list(caller, id, pageSize(query), query.cursor), request);
  }
}
