import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiExportCreation, CreationResponder, ExportResponse } from '../../export';
import type { UserPrincipal } from '../../platform/auth/principal';
import { CurrentUser } from '../../platform/auth/current-principal.decorator';
import { Config } from '../../platform/config/config';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { toPageResponse, PageQuery, pageSize } from '../../platform/http/page';
import { IdempotencyKey } from '../../platform/http/idempotency-key.decorator';
import { RateLimited } from '../../platform/http/rate-limited.decorator';
import { OperationId } from '../../platform/http/operation-id';
import type { Schedule } from '../model/domain/schedule';
import { accessFor, isOwner } from '../model/domain/schedule-rights';
import { toWarnings } from '../model/domain/slots';
import { ScheduleManagement } from '../model/services/schedule-management';
import { type LastRun, ScheduleRuns } from '../model/services/schedule-runs';
import { ScheduleService } from '../model/services/schedule.service';
import { ScheduleListQuery, ScheduleRequest } from './schedule.request';
import { ScheduleListResponse, ScheduleResponse } from './schedule.response';
import { ScheduleRunListResponse, ScheduleRunResponse } from './schedule-run.response';

const CHECKED =
  'The content is checked against the catalog and my rights, and the destination is probed. An error response names every invalid field.';

const ADMINISTRATORS = 'Administrators may do this with every schedule of the tenant of their token.';

const LOCATION = { Location: { description: 'The path of the schedule', schema: { type: 'string' as const } } };

@ApiTags('Scheduled exports')
@ApiBearerAuth()
@ApiProblems(401)
@Controller('exports/scheduled')
export class ScheduledExportsController {
  constructor(
    private readonly schedules: ScheduleService,
    private readonly management: ScheduleManagement,
    private readonly runs: ScheduleRuns,
    private readonly responder: CreationResponder,
    private readonly config: Config,
  ) {}

  @OperationId('listSchedules')
  @Get()
  @ApiOperation({ summary: 'List my schedules, newest first; administrators may list those of other users' })
  @ApiOkResponse({ type: ScheduleListResponse })
  @ApiProblems(400, 403)
  async list(
    @CurrentUser() caller: UserPrincipal,
    @Query() query: ScheduleListQuery,
    @Req() request: Request,
  ): Promise<ScheduleListResponse> {
    const { cursor, owner, is_active: active } = query;
    const isActive = active === undefined ? undefined : active === 'true';
    const page = await this.management.listFor(caller, owner, { size: pageSize(query), cursor, isActive });
    const last = await this.runs.lastOf(page.items);
    return toPageResponse(page, request, this.config.http.publicUrl, (item) =>
      this.responseOf(item, caller, last.get(item.id)),
    );
  }

  @OperationId('createSchedule')
  @Post()
  @RateLimited('schedule-changes')
  @ApiOperation({ summary: 'Create a schedule', description: CHECKED })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiCreatedResponse({ type: ScheduleResponse, headers: LOCATION })
  @ApiOkResponse({
    type: ScheduleResponse,
    headers: LOCATION,
    description: 'A repeat of the request that created it',
  })
  @ApiProblems(400, 403, 409, 410, 413, 415, 422, 429, 501)
  async create(
    @CurrentUser() caller: UserPrincipal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: ScheduleRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ScheduleResponse> {
    const saved = await this.schedules.create(caller, ScheduleRequest.toInput(body), idempotencyKey);
    response.status(saved.isNew ? HttpStatus.CREATED : HttpStatus.OK);
    response.location(`/api/v1/exports/scheduled/${saved.schedule.id}/`);
    return this.show(saved.schedule, caller, saved.webhookSecret);
  }

  @OperationId('getSchedule')
  @Get(':id')
  @ApiOperation({ summary: 'Get a schedule', description: ADMINISTRATORS })
  @ApiOkResponse({ type: ScheduleResponse })
  @ApiProblems(404)
  async get(@Param('id') id: string, @CurrentUser() caller: UserPrincipal): Promise<ScheduleResponse> {
    return this.show(await this.management.get(id, accessFor(caller)), caller);
  }

  @OperationId('replaceSchedule')
  @Put(':id')
  @RateLimited('schedule-changes')
  @ApiOperation({
    summary: 'Replace a schedule',
    description: `Fields that are left out get their defaults; secrets that are left out are kept. Only the owner may replace it. ${CHECKED}`,
  })
  @ApiOkResponse({ type: ScheduleResponse })
  @ApiProblems(400, 403, 404, 413, 415, 429, 501)
  async replace(
    @Param('id') id: string,
    @CurrentUser() caller: UserPrincipal,
    @Body() body: ScheduleRequest,
  ): Promise<ScheduleResponse> {
    const { schedule, webhookSecret } = await this.schedules.replace(id, caller, ScheduleRequest.toInput(body));
    return this.show(schedule, caller, webhookSecret);
  }

  @OperationId('deleteSchedule')
  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({
    summary: 'Delete a schedule',
    description: `Its exports are kept for their retention period. ${ADMINISTRATORS}`,
  })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async delete(@Param('id') id: string, @CurrentUser() caller: UserPrincipal): Promise<void> {
    await this.management.delete(id, accessFor(caller));
  }

  @OperationId('runSchedule')
  @Post(':id/run')
  @RateLimited('schedule-changes')
  @ApiOperation({
    summary: 'Run a schedule now',
    description: 'Also runs a paused schedule. The next planned run does not change. Only the owner may run it.',
  })
  @ApiExportCreation(ExportResponse)
  @ApiProblems(400, 403, 404, 410, 422, 429)
  async run(
    @Param('id') id: string,
    @CurrentUser() caller: UserPrincipal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Res() response: Response,
  ): Promise<void> {
    await this.responder.send(await this.runs.runNow(id, caller, idempotencyKey), caller, response);
  }

  @OperationId('pauseSchedule')
  @Post(':id/pause')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Pause a schedule until it is resumed', description: ADMINISTRATORS })
  @ApiOkResponse({ type: ScheduleResponse })
  @ApiProblems(404)
  async pause(@Param('id') id: string, @CurrentUser() caller: UserPrincipal): Promise<ScheduleResponse> {
    return this.show(await this.management.pause(id, accessFor(caller)), caller);
  }

  @OperationId('resumeSchedule')
  @Post(':id/resume')
  @RateLimited('schedule-changes')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'Resume a schedule',
    description: `It runs next at the first slot after now; missed slots are not run. ${ADMINISTRATORS} If it was paused because its owner’s administrator right ended, only the owner can resume it, with an administrator’s token.`,
  })
  @ApiOkResponse({ type: ScheduleResponse })
  @ApiProblems(403, 404, 409, 429)
  async resume(@Param('id') id: string, @CurrentUser() caller: UserPrincipal): Promise<ScheduleResponse> {
    return this.show(await this.management.resume(id, accessFor(caller), caller.roles), caller);
  }

  @OperationId('listScheduleRuns')
  @Get(':id/runs')
  @ApiOperation({ summary: 'List the runs of a schedule, newest first', description: ADMINISTRATORS })
  @ApiOkResponse({ type: ScheduleRunListResponse })
  @ApiProblems(400, 404)
  async history(
    @Param('id') id: string,
    @CurrentUser() caller: UserPrincipal,
    @Query() query: PageQuery,
    @Req() request: Request,
  ): Promise<ScheduleRunListResponse> {
    const page = await this.runs.history(id, accessFor(caller), pageSize(query), query.cursor);
    return toPageResponse(page, request, this.config.http.publicUrl, (item) => ScheduleRunResponse.of(item));
  }

  private async show(
    schedule: Schedule,
    caller: UserPrincipal,
    webhookSecret: string | null = null,
  ): Promise<ScheduleResponse> {
    const last = await this.runs.lastOf([schedule]);
    return this.responseOf(schedule, caller, last.get(schedule.id), webhookSecret);
  }

  private responseOf(
    schedule: Schedule,
    caller: UserPrincipal,
    last: LastRun | undefined,
    webhookSecret: string | null = null,
  ): ScheduleResponse {
    const warnings = toWarnings(schedule, new Date(), this.config.schedules);
    return ScheduleResponse.of(schedule, { last, warnings, webhookSecret, isOwner: isOwner(schedule, caller) });
  }
}
