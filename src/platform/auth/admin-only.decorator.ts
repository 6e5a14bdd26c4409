import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { ApiProblems } from '../http/api-problem.decorator';
import { requireAdmin, requireAdminOfAllTenants } from './admin';
import { isCustomer, type UserPrincipal } from './principal';
import type { AuthenticatedRequest } from './current-principal.decorator';

/**
 * A route for administrators. Other callers are refused before their body is read.
 * @param ofAllTenants whether the route changes what all tenants share: administrators of one tenant are refused too
 */
export function AdminOnly({ ofAllTenants = false } = {}): ClassDecorator & MethodDecorator {
  const guard = guardBy(ofAllTenants ? requireAdminOfAllTenants : requireAdmin);
  return applyDecorators(UseGuards(guard), ApiProblems(403));
}

function guardBy(require: (caller: UserPrincipal) => void): CanActivate {
  return {
    canActivate(context: ExecutionContext): boolean {
      const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
      if (!principal || isCustomer(principal)) throw new UnauthorizedException();
      require(principal);
      return true;
    },
  };
}
