import {
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  type MessageEvent,
  Param,
  Query,
  Req,
  Res,
  Sse,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth, ApiExtraModels, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { endWith, ignoreElements, interval, map, merge, type Observable, share, takeUntil } from 'rxjs';
import { AcceptsLink } from '../../platform/auth/accepts-link.decorator';
import type { UserPrincipal } from '../../platform/auth/principal';
import { credentialEnd } from '../../platform/auth/credential-end';
import { type AuthenticatedRequest, CurrentUser } from '../../platform/auth/current-principal.decorator';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { ExportService } from '../model/services/export.service';
import { ExportChangeFeed } from '../model/services/export-change-feed';
import { pageSize } from '../../platform/http/page';
import { OperationId } from '../../platform/http/operation-id';
import { ApiExportStatus } from './api-export-status.decorator';
import { EventStreamGuard } from './event-stream.guard';
import { EXPORTS_BY_KIND } from './export-kinds.response';
import { ExportListQuery } from './export-list.query';
import { ExportPresenter } from './export.presenter';
import { ExportListResponse, ExportResponse } from './export.response';

const KEEP_ALIVE_MS = 15_000;

@ApiTags('Exports')
@ApiExtraModels(...EXPORTS_BY_KIND)
@ApiBearerAuth()
@ApiProblems(401)
@Controller('exports')
export class ExportsController {
  constructor(
    private readonly exports: ExportService,
    private readonly changes: ExportChangeFeed,
    private readonly presenter: ExportPresenter,
  ) {}

  @OperationId('listExports')
  @Get()
  @ApiOperation({ summary: 'List my exports, newest first' })
  @ApiOkResponse({ type: ExportListResponse })
  @ApiProblems(400)
  async list(
    @CurrentUser() owner: UserPrincipal,
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
  @Get(':id')
  @ApiExportStatus()
  async status(
    @Param('id') id: string,
    @CurrentUser() caller: UserPrincipal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExportResponse | undefined> {
    return this.presenter.status(await this.exports.get(id, caller), request, response);
  }

  @OperationId('deleteExport')
  @Delete(':id')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Cancel an unfinished export, or delete the file of a completed one' })
  @ApiOkResponse({ type: ExportResponse, description: 'The export: cancelled, expired, or as it had ended before' })
  @ApiProblems(404)
  async remove(@Param('id') id: string, @CurrentUser() caller: UserPrincipal): Promise<ExportResponse> {
    return this.presenter.record(await this.exports.remove(id, caller));
  }

  @OperationId('followExport')
  @Sse(':id/events')
  @AcceptsLink()
  @UseGuards(EventStreamGuard)
  @ApiOperation({
    summary: 'Follow an export as server-sent events until it ends',
    description:
      'With a token, or by the link in `events_url` without any header, as `EventSource` does. The stream ends earlier when ' +
      'the token or the link expires. Close the `EventSource` when the status is final: a browser opens it again otherwise.',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ type: String, description: 'One event a change; its data is the record as JSON' })
  @ApiProblems(403, 404, 429)
  async events(@Param('id') id: string, @Req() request: AuthenticatedRequest): Promise<Observable<MessageEvent>> {
    const { principal, credentialEndsAt } = request;
    const linkExpiresAt = principal ? undefined : credentialEndsAt;
    const states = this.changes.changesOf(await this.exports.get(id, principal ?? null)).pipe(
      map((state) => ({ id: this.presenter.versionTag(state), data: this.presenter.record(state, linkExpiresAt) })),
      share(),
    );
    // Proxies close a connection on which nothing is said.
    const keepAlives = interval(KEEP_ALIVE_MS).pipe(
      map((): MessageEvent => ({ comment: 'still working' })),
      takeUntil(states.pipe(ignoreElements(), endWith(true))),
    );
    return merge(states, keepAlives).pipe(takeUntil(credentialEnd(request)));
  }
}
