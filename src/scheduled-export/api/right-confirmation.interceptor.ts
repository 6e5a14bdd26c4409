import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { AuthenticatedRequest } from '../../platform/auth/current-principal.decorator';
import { isCustomer } from '../../platform/auth/principal';
import { AdminActivity } from '../model/services/right-confirmations';

/** Records on every route of every module that an administrator used the service. */
@Injectable()
export class AdminActivityInterceptor implements NestInterceptor {
  constructor(private readonly confirmations: AdminActivity) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (principal && !isCustomer(principal)) void this.confirmations.confirm(principal);
    return next.handle();
  }
}
