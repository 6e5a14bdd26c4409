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
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Caller } from '../../platform/auth/caller';
import { CurrentCaller } from '../../platform/auth/current-caller.decorator';
import { Config } from '../../platform/config/config';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { RawBody } from '../../platform/http/body.decorator';
import { nextPageUrl, PageQuery, pageSize } from '../../platform/http/page';
import { IdempotencyKey } from '../../platform/idempotency/idempotency-key.decorator';
import { readSessionBody } from '../model/domain/session-body';
import type { SoloSession } from '../model/domain/solo-session';
import { SessionThumbnailService } from '../model/services/session-thumbnail.service';
import { type SessionWithState, SoloSessionService } from '../model/services/solo-session.service';
import { SessionListResponse, SessionResponse, SessionSummaryResponse } from './session.response';

/** Room for the name and whatever else stands around the state. */
const ENVELOPE_BYTES = 64 * 1024;

const SESSION_BODY = RawBody({
  types: ['application/json'],
  limitOf: ({ boards }) => boards.maxBytes + ENVELOPE_BYTES,
});

const SESSION_SCHEMA = {
  type: 'object' as const,
  properties: {
    name: { type: 'string' as const, maxLength: 255 },
    state: { description: 'The board as the front end keeps it: any JSON', nullable: true },
  },
};

@ApiTags('Board sessions')
@ApiBearerAuth()
@ApiProblems(401)
@Controller('solo/sessions')
export class SoloSessionsController {
  constructor(
    private readonly sessions: SoloSessionService,
    private readonly thumbnails: SessionThumbnailService,
    private readonly config: Config,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List my boards, newest first, without their states' })
  @ApiOkResponse({ type: SessionListResponse })
  @ApiProblems(400)
  async list(
    @CurrentCaller() owner: Caller,
    @Query() query: PageQuery,
    @Req() request: Request,
  ): Promise<SessionListResponse> {
    const page = await this.sessions.list(owner, pageSize(query), query.cursor);
    return {
      count: page.count,
      next: nextPageUrl(page, request.originalUrl, this.config.http.publicUrl),
      results: page.items.map((session) => this.summary(session)),
    };
  }

  @Post()
  @SESSION_BODY
  @ApiOperation({ summary: 'Keep a board' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiBody({ schema: SESSION_SCHEMA })
  @ApiCreatedResponse({ type: SessionResponse })
  @ApiOkResponse({ type: SessionResponse, description: 'A repeat of a request that made it before' })
  @ApiProblems(400, 413, 415, 422)
  async create(
    @CurrentCaller() owner: Caller,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: Buffer,
    @Res() response: Response,
  ): Promise<void> {
    const creation = await this.sessions.create(owner, this.read(body), idempotencyKey);
    this.send(creation, creation.isNew ? HttpStatus.CREATED : HttpStatus.OK, response);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One board with its state' })
  @ApiOkResponse({ type: SessionResponse })
  @ApiProblems(404)
  async get(@Param('id') id: string, @CurrentCaller() owner: Caller, @Res() response: Response): Promise<void> {
    this.send(await this.sessions.getWithState(id, owner), HttpStatus.OK, response);
  }

  @Patch(':id')
  @SESSION_BODY
  @ApiOperation({ summary: 'Change the name, the state, or both' })
  @ApiBody({ schema: SESSION_SCHEMA })
  @ApiOkResponse({ type: SessionResponse })
  @ApiProblems(400, 404, 413, 415)
  async update(
    @Param('id') id: string,
    @CurrentCaller() owner: Caller,
    @Body() body: Buffer,
    @Res() response: Response,
  ): Promise<void> {
    this.send(await this.sessions.update(id, owner, this.read(body)), HttpStatus.OK, response);
  }

  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Delete a board, end its exports and delete their files' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async delete(@Param('id') id: string, @CurrentCaller() owner: Caller): Promise<void> {
    await this.sessions.delete(id, owner);
  }

  @Post(':id/duplicate')
  @ApiOperation({ summary: 'Keep a copy of a board' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiCreatedResponse({ type: SessionResponse })
  @ApiOkResponse({ type: SessionResponse, description: 'A repeat of a request that made it before' })
  @ApiProblems(404, 422)
  async duplicate(
    @Param('id') id: string,
    @CurrentCaller() owner: Caller,
    @IdempotencyKey() idempotencyKey: string | null,
    @Res() response: Response,
  ): Promise<void> {
    const creation = await this.sessions.duplicate(id, owner, idempotencyKey);
    this.send(creation, creation.isNew ? HttpStatus.CREATED : HttpStatus.OK, response);
  }

  private read(body: Buffer): ReturnType<typeof readSessionBody> {
    return readSessionBody(body, this.config.boards.maxBytes);
  }

  private summary(session: SoloSession): SessionSummaryResponse {
    return SessionSummaryResponse.of(session, this.thumbnails.linkTo(session));
  }

  private send({ session, state }: SessionWithState, status: HttpStatus, response: Response): void {
    const json = SessionResponse.json(this.summary(session), state);
    response.status(status).type('application/json').set('Cache-Control', 'private, no-cache').send(json);
  }
}
