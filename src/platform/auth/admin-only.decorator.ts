import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { ApiProblems } from '../http/api-problem.decorator';
import { requireAdmin } from './admin';
import type { AuthenticatedRequest } from './current-caller.decorator';

@Injectable()
class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!caller) throw new UnauthorizedException();
    requireAdmin(caller);
    return true;
  }
}

/** A route for administrators. Others are refused before anything of their request is read. */
export function AdminOnly(): ClassDecorator & MethodDecorator {
  return applyDecorators(UseGuards(AdminGuard), ApiProblems(403));
}
