import { Body, Controller, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../../platform/auth/current-principal.decorator';
import { ForUsers } from '../../platform/auth/for-users.decorator';
import type { UserPrincipal } from '../../platform/auth/principal';
import { DomainError } from '../../platform/errors/domain-error';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { OperationId } from '../../platform/http/operation-id';
import { RateLimited } from '../../platform/http/rate-limited.decorator';
import { previewRuns } from '../model/domain/run-preview';
import { validateRecurrence } from '../model/domain/slots';
import { DEFAULT_PREVIEWED_RUNS, SchedulePreviewRequest } from './schedule-preview.request';
import { SchedulePreviewResponse } from './schedule-preview.response';
import { ScheduleRequest } from './schedule.request';

@ForUsers()
@ApiTags('Scheduled exports')
@Controller('exports/scheduled')
export class SchedulePreviewController {
  @OperationId('previewSchedule')
  @Post('preview')
  // Forms preview while their user types: that must not use up the changes of schedules.
  @RateLimited('estimates')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'Preview the next runs of a schedule',
    description:
      'Nothing is stored. Of the body of a schedule, only the fields of its recurrence are required and checked, as when it is created. The limit of scheduled runs in 24 hours is not considered.',
  })
  @ApiOkResponse({ type: SchedulePreviewResponse })
  @ApiProblems(400, 413, 415, 429)
  preview(@CurrentUser() caller: UserPrincipal, @Body() body: SchedulePreviewRequest): SchedulePreviewResponse {
    const { rule, errors } = validateRecurrence(caller, ScheduleRequest.toRecurrence(body));
    if (!rule || errors.length > 0) throw DomainError.invalidRequest(...errors);
    const count = body.count ?? DEFAULT_PREVIEWED_RUNS;
    return SchedulePreviewResponse.of(rule.timeZone, previewRuns(rule, body.filters, count, new Date()));
  }
}
