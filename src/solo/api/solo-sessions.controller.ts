import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Param,
  Patch,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { UserPrincipal } from '../../platform/auth/principal';
import { CurrentUser } from '../../platform/auth/current-principal.decorator';
import { ForUsers } from '../../platform/auth/for-users.decorator';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { PageQuery, pageSize } from '../../platform/http/page';
import { IdempotencyKey } from '../../platform/http/idempotency-key.decorator';
import { RateLimited } from '../../platform/http/rate-limited.decorator';
import { OperationId } from '../../platform/http/operation-id';
import type { SessionInput } from '../model/domain/solo-session';
import { SoloSessionService } from '../model/services/solo-session.service';
import { ApiSessionBody } from './session-body';
import { readExpectedRevisions } from './session-etag';
import { SessionPresenter } from './session.presenter';
import { SessionListResponse, SessionResponse, SessionSummaryResponse } from './session.response';

@ApiTags('Board sessions')
@ForUsers()
@Controller('solo/sessions')
export class SoloSessionsController {
  constructor(
    private readonly sessions: SoloSessionService,
    private readonly presenter: SessionPresenter,
  ) {}

  @OperationId('listBoards')
  @Get()
  @ApiOperation({ summary: 'List your boards, newest first, without their states' })
  @ApiOkResponse({ type: SessionListResponse })
  @ApiProblems(400)
  async list(
    @CurrentUser() owner: UserPrincipal,
    @Query() query: PageQuery,
    @Req() request: Request,
  ): Promise<SessionListResponse> {
    const page = await this.sessions.list(owner, pageSize(query), query.cursor);
    return this.presenter.list(page, SessionSummaryResponse, request);
  }

  @OperationId('createBoard')
  @Post()
  @RateLimited('sessions')
  @ApiSessionBody()
  @ApiOperation({ summary: 'Create a board' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiCreatedResponse({ type: SessionResponse })
  @ApiOkResponse({ type: SessionResponse, description: 'A repeat of the request that created it' })
  @ApiProblems(400, 408, 409, 413, 415, 422, 429)
  async create(
    @CurrentUser() owner: UserPrincipal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: SessionInput,
    @Res() response: Response,
  ): Promise<void> {
    const creation = await this.sessions.create(owner, body, idempotencyKey);
    await this.presenter.sendCreated(creation, SessionSummaryResponse, owner, response);
  }

  @OperationId('getBoard')
  @Get(':id')
  @ApiOperation({ summary: 'Get a board with its state' })
  @ApiOkResponse({ type: SessionResponse })
  @ApiProblems(404, 429)
  async get(@Param('id') id: string, @CurrentUser() owner: UserPrincipal, @Res() response: Response): Promise<void> {
    const session = await this.sessions.get(id, owner);
    await this.presenter.send({ session }, SessionSummaryResponse, owner, response);
  }

  @OperationId('updateBoard')
  @Patch(':id')
  @ApiSessionBody()
  @ApiOperation({
    summary: 'Update the name, the state, or both',
    description:
      'With the `ETag` of an earlier response in `If-Match`, or with its `rev` in the body, the board is saved only if no ' +
      'other client has saved it since. Otherwise the response is 412 with the current `rev`.',
  })
  @ApiHeader({ name: 'If-Match', required: false })
  @ApiOkResponse({ type: SessionResponse })
  @ApiProblems(400, 404, 408, 409, 412, 413, 415, 422, 429)
  async update(
    @Param('id') id: string,
    @CurrentUser() owner: UserPrincipal,
    @Body() body: SessionInput,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const saved = await this.sessions.update(id, owner, body, readExpectedRevisions(request));
    await this.presenter.send(saved, SessionSummaryResponse, owner, response);
  }

  @OperationId('deleteBoard')
  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Delete a board, cancel its exports and delete their files' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async delete(@Param('id') id: string, @CurrentUser() owner: UserPrincipal): Promise<void> {
    await this.sessions.delete(id, owner);
  }

  @OperationId('duplicateBoard')
  @Post(':id/duplicate')
  @RateLimited('sessions')
  @ApiOperation({ summary: 'Duplicate a board' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiCreatedResponse({ type: SessionResponse })
  @ApiOkResponse({ type: SessionResponse, description: 'A repeat of the request that created it' })
  @ApiProblems(404, 409, 422, 429)
  async duplicate(
    @Param('id') id: string,
    @CurrentUser() owner: UserPrincipal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Res() response: Response,
  ): Promise<void> {
    const creation = await this.sessions.duplicate(id, owner, idempotencyKey);
    await this.presenter.sendCreated(creation, SessionSummaryResponse, owner, response);
  }
}
