import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { AuthenticatedRequest } from '../../platform/auth/current-principal.decorator';
import { isCustomer } from '../../platform/auth/principal';
import { RightConfirmations } from '../model/services/right-confirmations';

/** Notes on every route, of whatever module, that an administrator was there. */
@Injectable()
export class RightConfirmationInterceptor implements NestInterceptor {
  constructor(private readonly confirmations: RightConfirmations) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (principal && !isCustomer(principal)) void this.confirmations.confirm(principal);
    return next.handle();
  }
}
