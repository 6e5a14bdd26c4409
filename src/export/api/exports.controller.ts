import {
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Injectable,
  type MessageEvent,
  Param,
  Query,
  Req,
  Res,
  Sse,
  UseGuards,
} from '@nestjs/common';
import {
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiPropertyOptional,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { Request, Response } from 'express';
import { endWith, ignoreElements, interval, map, merge, type Observable, share, takeUntil, NEVER, timer } from 'rxjs';
import { ForCustomers } from '../../customer';
import { EXPORT_FORMATS, type ExportFormat } from '../../formats';
import { AcceptsLink } from '../../platform/auth/accepts-link.decorator';
import {
  type AuthenticatedRequest,
  CurrentPrincipal,
  CurrentUser,
} from '../../platform/auth/current-principal.decorator';
import { ForUsers } from '../../platform/auth/for-users.decorator';
import type { Principal, UserPrincipal } from '../../platform/auth/principal';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { OperationId } from '../../platform/http/operation-id';
import { PageQuery, pageSize } from '../../platform/http/page';
import type { Export } from '../model/domain/export';
import { EXPORT_KINDS, type ExportKind } from '../model/domain/export-kind';
import { EXPORT_STATUSES, type ExportStatus } from '../model/domain/export-status';
import { ExportChangeFeed } from '../model/services/export-change-feed';
import { OwnerChangeFeed } from '../model/services/owner-change-feed';
import { ExportService } from '../model/services/export.service';
import { EventStreamGuard } from './event-stream.guard';
import { ExportPresenter } from './export.presenter';
import { ExportListResponse, ExportResponse } from './export.response';

const KEEP_ALIVE_MS = 15_000;

class ExportListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: EXPORT_STATUSES })
  @IsOptional()
  @IsIn(EXPORT_STATUSES)
  status?: ExportStatus;

  @ApiPropertyOptional({ type: String, enum: EXPORT_KINDS })
  @IsOptional()
  @IsIn(EXPORT_KINDS)
  kind?: ExportKind;

  @ApiPropertyOptional({ enum: EXPORT_FORMATS })
  @IsOptional()
  @IsIn(EXPORT_FORMATS)
  format?: ExportFormat;
}

@Injectable()
abstract class Exports {
  constructor(
    protected readonly exports: ExportService,
    protected readonly presenter: ExportPresenter,
  ) {}

  @OperationId('listExports')
  @Get()
  @ApiOperation({ summary: 'List your exports, newest first' })
  @ApiOkResponse({ type: ExportListResponse })
  @ApiProblems(400)
  async list(
    @CurrentPrincipal() owner: Principal,
    @Query() query: ExportListQuery,
    @Req() request: Request,
  ): Promise<ExportListResponse> {
    const { cursor, status, kind, format } = query;
    const page = await this.exports.list({ owner, size: pageSize(query), cursor, status, kind, format });
    return this.presenter.list(page, request);
  }

  @OperationId('getExport')
  @Get(':id')
  @ApiOperation({
    summary: 'Get the status of an export',
    description: 'While the export is unfinished, Retry-After says when to ask again.',
  })
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'The ETag of an earlier answer' })
  @ApiOkResponse({
    type: ExportResponse,
    headers: {
      ETag: { description: 'The version of this answer', schema: { type: 'string' } },
      'Retry-After': { description: 'Seconds; only while unfinished', schema: { type: 'integer' } },
    },
  })
  @ApiResponse({ status: 304, description: 'Nothing has changed' })
  @ApiProblems(404)
  async status(
    @Param('id') id: string,
    @CurrentPrincipal() owner: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExportResponse | undefined> {
    return this.presenter.status(await this.exports.get(id, owner), request, response);
  }

  @OperationId('deleteExport')
  @Delete(':id')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Cancel an unfinished export, or delete the file of a completed one' })
  @ApiOkResponse({ type: ExportResponse, description: 'The export: cancelled, expired, or as it had ended before' })
  @ApiProblems(404)
  async remove(@Param('id') id: string, @CurrentPrincipal() owner: Principal): Promise<ExportResponse> {
    return this.presenter.record(await this.exports.remove(id, owner));
  }
}

/** The exports that an external system requested, for itself or for its users. */
@ForCustomers()
@Controller('customer/exports')
export class CustomerExportsController extends Exports {}

@ApiTags('Exports')
@ForUsers()
@Controller('exports')
export class ExportsController extends Exports {
  constructor(
    exports: ExportService,
    presenter: ExportPresenter,
    private readonly changes: ExportChangeFeed,
    private readonly ownerChanges: OwnerChangeFeed,
  ) {
    super(exports, presenter);
  }

  @OperationId('watchExports')
  @Sse('events')
  @UseGuards(EventStreamGuard)
  @ApiOperation({
    summary: 'Follow all your exports as server-sent events',
    description:
      'Sends your unfinished exports, then one event of the type `connected`, then every change of any of your exports: ' +
      'also of new ones, and of those whose files expire. Load `GET /exports` after `connected`, also after each new ' +
      'connection: what changed before is in the list, what changes later arrives as an event. The stream ends when the ' +
      'token expires. It ignores `Last-Event-ID`.',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ type: String, description: 'One event per change, with the record as JSON' })
  @ApiProblems(429)
  watch(@CurrentUser() owner: UserPrincipal, @Req() request: AuthenticatedRequest): Observable<MessageEvent> {
    const changes = this.ownerChanges.changesFor(owner).pipe(
      map((change): MessageEvent => (change.export ? this.event(change.export) : CONNECTED)),
      share(),
    );
    return withKeepAlives(changes, 'still connected').pipe(takeUntil(credentialEnd(request)));
  }

  @OperationId('followExport')
  @Sse(':id/events')
  @AcceptsLink()
  @UseGuards(EventStreamGuard)
  @ApiOperation({
    summary: 'Follow an export as server-sent events until it ends',
    description:
      'Authenticate with a token, or use the link in `events_url`, which needs no header and suits `EventSource`. The ' +
      'stream ends when the export is finished, or earlier when the token or the link expires. Close the `EventSource` ' +
      'when the status is final: a browser connects again otherwise.',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ type: String, description: 'One event per change, with the record as JSON' })
  @ApiProblems(403, 404, 429)
  async events(@Param('id') id: string, @Req() request: AuthenticatedRequest): Promise<Observable<MessageEvent>> {
    const { principal, credentialEndsAt } = request;
    const linkExpiresAt = principal ? undefined : credentialEndsAt;
    const states = this.changes.changesOf(await this.exports.get(id, principal ?? null)).pipe(
      map((state) => this.event(state, linkExpiresAt)),
      share(),
    );
    return withKeepAlives(states, 'still working').pipe(takeUntil(credentialEnd(request)));
  }

  private event(state: Export, linkExpiresAt?: Date): MessageEvent {
    return { id: this.presenter.versionTag(state), data: this.presenter.record(state, linkExpiresAt) };
  }
}

/** Data, because clients skip an event without it. */
const CONNECTED: MessageEvent = { type: 'connected', data: {} };

/** Proxies close idle connections. */
function withKeepAlives(events: Observable<MessageEvent>, comment: string): Observable<MessageEvent> {
  const keepAlives = interval(KEEP_ALIVE_MS).pipe(
    map((): MessageEvent => ({ comment })),
    takeUntil(events.pipe(ignoreElements(), endWith(true))),
  );
  return merge(events, keepAlives);
}

/** The maximum delay of a timer, about 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Emits when the credential of a request expires. Long responses, such as event streams, end with it. */
function credentialEnd({ credentialEndsAt }: AuthenticatedRequest): Observable<unknown> {
  if (!credentialEndsAt) return NEVER;
  return timer(Math.min(Math.max(0, credentialEndsAt.getTime() - Date.now()), MAX_TIMER_MS));
}
