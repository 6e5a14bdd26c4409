import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { AuthenticatedRequest } from '../../platform/auth/current-user.decorator';
import { RightConfirmations } from '../model/services/right-confirmations';

/** Notes on every route, of whatever module, that an administrator was there. */
@Injectable()
export class RightConfirmationInterceptor implements NestInterceptor {
  constructor(private readonly confirmations: RightConfirmations) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (caller) void this.confirmations.confirm(caller);
    return next.handle();
  }
}
