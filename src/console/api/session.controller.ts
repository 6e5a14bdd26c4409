import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type AuthenticatedRequest, CurrentUser } from '../../platform/auth/current-principal.decorator';
import { ForUsers } from '../../platform/auth/for-users.decorator';
import type { UserPrincipal } from '../../platform/auth/principal';
import { OperationId } from '../../platform/http/operation-id';
import { CallerSessionResponse } from './session.response';

@ApiTags('Sign-in')
@ForUsers()
@Controller('session')
export class SessionController {
  @OperationId('getSession')
  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Who the caller is',
    description: 'Read from the token, so that a front end can hide what the caller may not do.',
  })
  @ApiOkResponse({ type: CallerSessionResponse })
  get(@CurrentUser() caller: UserPrincipal, @Req() { credentialEndsAt }: AuthenticatedRequest): CallerSessionResponse {
    if (!credentialEndsAt) throw new Error('A token has an end');
    return CallerSessionResponse.of(caller, credentialEndsAt);
  }
}
