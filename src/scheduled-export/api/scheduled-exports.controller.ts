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
import { ScheduleListQuery } from './schedule-list.query';
import { ScheduleRequest } from './schedule.request';
import { ScheduleListResponse, ScheduleResponse } from './schedule.response';
import { ScheduleRunListResponse, ScheduleRunResponse } from './schedule-run.response';

const CHECKED =
  'Everything is checked now: what it exports against the catalog and my rights, where it goes by trying it. A refusal names all that is wrong, each under its field.';

const ADMINISTRATORS = 'Administrators may do this with the schedules of everybody in the tenant of their token.';

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
  @ApiOperation({ summary: 'List my schedules, or as an administrator those of others, newest first' })
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
  @ApiOperation({ summary: 'Have something exported again and again', description: CHECKED })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiCreatedResponse({ type: ScheduleResponse, headers: LOCATION })
  @ApiOkResponse({
    type: ScheduleResponse,
    headers: LOCATION,
    description: 'A repeat of a request that made it before',
  })
  @ApiProblems(400, 403, 409, 410, 413, 415, 422, 429)
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
  @ApiOperation({ summary: 'One schedule', description: ADMINISTRATORS })
  @ApiOkResponse({ type: ScheduleResponse })
  @ApiProblems(404)
  async get(@Param('id') id: string, @CurrentUser() caller: UserPrincipal): Promise<ScheduleResponse> {
    return this.show(await this.management.get(id, accessFor(caller)), caller);
  }

  @OperationId('replaceSchedule')
  @Put(':id')
  @RateLimited('schedule-changes')
  @ApiOperation({
    summary: 'Say anew what a schedule is',
    description: `It is replaced as a whole: what is left out gets its default; of secrets, what they were. Only its owner may do so. ${CHECKED}`,
  })
  @ApiOkResponse({ type: ScheduleResponse })
  @ApiProblems(400, 403, 404, 413, 415, 429)
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
    description: `What it exported stays as long as it would. ${ADMINISTRATORS}`,
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
    description: 'Also one that is paused. When it runs next stays as it is. Only its owner may do so.',
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
    description: `It runs first when it is due after now: nothing is made up for. ${ADMINISTRATORS} One that is paused because the right of its owner ended is resumed by its owner, with an administrator's token.`,
  })
  @ApiOkResponse({ type: ScheduleResponse })
  @ApiProblems(403, 404, 409, 429)
  async resume(@Param('id') id: string, @CurrentUser() caller: UserPrincipal): Promise<ScheduleResponse> {
    return this.show(await this.management.resume(id, accessFor(caller), caller.roles), caller);
  }

  @OperationId('listScheduleRuns')
  @Get(':id/runs')
  @ApiOperation({ summary: 'When a schedule ran and how that went, newest first', description: ADMINISTRATORS })
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
