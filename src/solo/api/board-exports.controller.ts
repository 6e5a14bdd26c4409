import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ExportListResponse, ExportPresenter, ExportResponse } from '../../export';
import type { Caller } from '../../platform/auth/caller';
import { CurrentCaller } from '../../platform/auth/current-caller.decorator';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { PageQuery, pageSize } from '../../platform/http/page';
import { IdempotencyKey } from '../../platform/idempotency/idempotency-key.decorator';
import { BoardExportService } from '../model/services/board-export.service';
import { BoardExportRequest } from './export-request.dto';

const LIMIT_HEADERS = {
  'RateLimit-Policy': {
    description: 'How many exports a user may ask for in a window',
    schema: { type: 'string' as const },
  },
  RateLimit: { description: 'What is left of it', schema: { type: 'string' as const } },
  Location: { description: 'Where the status is', schema: { type: 'string' as const } },
  'Retry-After': {
    description: 'Seconds after which the status is worth asking for',
    schema: { type: 'integer' as const },
  },
};

@ApiTags('Board exports')
@ApiBearerAuth()
@Controller('solo/sessions')
export class BoardExportsController {
  constructor(
    private readonly boards: BoardExportService,
    private readonly presenter: ExportPresenter,
  ) {}

  @Post(':id/export')
  @ApiOperation({ summary: 'Ask for a picture, a document or the data of a board' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'A repeat under the same key makes no second export',
  })
  @ApiCreatedResponse({ type: ExportResponse, headers: LIMIT_HEADERS })
  @ApiOkResponse({ type: ExportResponse, description: 'A repeat of a request that made it before' })
  @ApiProblems(400, 401, 404, 415, 422, 429)
  async request(
    @Param('id') id: string,
    @CurrentCaller() caller: Caller,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() { format, options }: BoardExportRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExportResponse> {
    const creation = await this.boards.request(
      caller,
      id,
      { format, options: Object.fromEntries(Object.entries(options ?? {})) },
      idempotencyKey,
    );
    return this.presenter.created(creation, response);
  }

  @Get(':id/exports')
  @ApiOperation({ summary: 'The exports of a board, newest first' })
  @ApiOkResponse({ type: ExportListResponse })
  @ApiProblems(400, 401, 404)
  async list(
    @Param('id') id: string,
    @CurrentCaller() caller: Caller,
    @Query() query: PageQuery,
    @Req() request: Request,
  ): Promise<ExportListResponse> {
    return this.presenter.list(await this.boards.list(caller, id, pageSize(query), query.cursor), request);
  }
}
