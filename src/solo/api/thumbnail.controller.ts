import { pipeline } from 'node:stream/promises';
import { Controller, Get, HttpCode, HttpStatus, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { AcceptsLink } from '../../platform/auth/accepts-link.decorator';
import type { UserPrincipal } from '../../platform/auth/principal';
import { type AuthenticatedRequest, CurrentUser } from '../../platform/auth/current-principal.decorator';
import { DomainError } from '../../platform/errors/domain-error';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { RateLimited } from '../../platform/http/rate-limited.decorator';
import { OperationId } from '../../platform/http/operation-id';
import { SessionThumbnailService } from '../model/services/session-thumbnail.service';
import { SoloSessionService } from '../model/services/solo-session.service';
import { ThumbnailResponse } from './session.response';

@ApiTags('Board sessions')
@ApiBearerAuth()
@Controller('solo/sessions')
export class ThumbnailController {
  constructor(
    private readonly sessions: SoloSessionService,
    private readonly thumbnails: SessionThumbnailService,
  ) {}

  @OperationId('createThumbnail')
  @Post(':id/thumbnail')
  @RateLimited('thumbnails')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Create a thumbnail of the first page' })
  @ApiOkResponse({ type: ThumbnailResponse })
  @ApiProblems(400, 401, 404, 409, 422, 429)
  async render(
    @Param('id') id: string,
    @CurrentUser() owner: UserPrincipal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ThumbnailResponse> {
    const session = await this.sessions.get(id, owner);
    const disconnected = new AbortController();
    response.once('close', () => {
      disconnected.abort(new DomainError('gone', 'caller-gone', 'The client has disconnected'));
    });
    return { thumbnail_url: await this.thumbnails.render(session, owner, disconnected.signal), status: 'completed' };
  }

  @OperationId('getThumbnail')
  @Get(':id/thumbnail')
  @AcceptsLink()
  @ApiOperation({
    summary: 'Get the thumbnail',
    description: 'Requires a token, or the link in `thumbnail_url` without any header.',
  })
  @ApiOkResponse({ content: { 'image/png': { schema: { type: 'string', format: 'binary' } } } })
  @ApiProblems(401, 403, 404)
  async get(@Param('id') id: string, @Req() request: AuthenticatedRequest, @Res() response: Response): Promise<void> {
    const picture = await this.thumbnails.open(id, request.principal ?? null);
    response.type('image/png').set('Cache-Control', 'private, max-age=300');
    await pipeline(picture, response);
  }
}
