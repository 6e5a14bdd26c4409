import {
  Body,
  type CanActivate,
  Controller,
  Header,
  HttpCode,
  HttpStatus,
  Injectable,
  NotFoundException,
  Post,
  UseGuards,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../platform/auth/public.decorator';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { OperationId } from '../../platform/http/operation-id';
import { SignInService } from '../model/services/sign-in.service';
import { SignInBody, SignInResponse } from './sign-in.dto';

/** The route is absent where sign-in links are. */
@Injectable()
export class SignInGuard implements CanActivate {
  constructor(private readonly signIn: SignInService) {}

  canActivate(): boolean {
    if (!this.signIn.isAvailable) throw new NotFoundException();
    return true;
  }
}

@ApiTags('Sign-in')
@Controller('console/sign-in')
export class SignInController {
  constructor(private readonly signIn: SignInService) {}

  @OperationId('signInWithLink')
  @Post()
  @Public()
  @UseGuards(SignInGuard)
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Exchange the code of a sign-in link for a token',
    security: [],
    description:
      'A code works once, within ten minutes. The route exists where JWT_SECRET is set and the console is on.',
  })
  @ApiOkResponse({ type: SignInResponse })
  @ApiProblems(400, 401, 404)
  async exchange(@Body() { code }: SignInBody): Promise<SignInResponse> {
    return SignInResponse.of(await this.signIn.exchange(code));
  }
}
