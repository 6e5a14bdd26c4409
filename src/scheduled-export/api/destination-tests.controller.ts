import { Body, Controller, HttpCode, HttpStatus, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { DestinationTestResponse, DestinationTests } from '../../delivery';
import { CurrentUser } from '../../platform/auth/current-principal.decorator';
import { ForUsers } from '../../platform/auth/for-users.decorator';
import type { UserPrincipal } from '../../platform/auth/principal';
import { DomainError } from '../../platform/errors/domain-error';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { OperationId } from '../../platform/http/operation-id';
import { RateLimited } from '../../platform/http/rate-limited.decorator';
import { ScheduleService } from '../model/services/schedule.service';
import { DestinationTestRequest } from './destination-test.request';

@ForUsers()
@ApiTags('Scheduled exports')
@Controller('exports/destinations')
export class DestinationTestsController {
  constructor(
    private readonly tests: DestinationTests,
    private readonly schedules: ScheduleService,
  ) {}

  @OperationId('testDestination')
  @Post('test')
  @RateLimited('destination-tests')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'Test a destination step by step',
    description:
      'Resolves its host, connects, logs in, writes, reads and deletes, as far as the channel does that. Buckets get an upload that is aborted, SFTP servers a hidden file that is deleted, webhooks a signed message of the type `export.test` without data. A mail is sent to my own address only. It takes at most 20 seconds, and ends when the client disconnects. Nothing is stored except an entry in the audit log.',
  })
  @ApiOkResponse({ type: DestinationTestResponse })
  @ApiProblems(400, 403, 404, 413, 415, 429)
  async test(
    @CurrentUser() caller: UserPrincipal,
    @Body() body: DestinationTestRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DestinationTestResponse> {
    const id = body.schedule_id ?? null;
    const schedule = id === null ? null : await this.schedules.getOwn(id, caller);
    const disconnected = new AbortController();
    response.once('close', () => {
      disconnected.abort(new DomainError('gone', 'caller-gone', 'The client has disconnected'));
    });
    const request = DestinationTestRequest.toInput(body, schedule?.delivery.method);
    return DestinationTestResponse.of(await this.tests.test(caller, request, schedule, disconnected.signal));
  }
}
