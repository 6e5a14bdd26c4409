import { type CallHandler, type ExecutionContext, Injectable, Logger, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { isAdmin } from '../../platform/auth/admin';
import type { AuthenticatedRequest } from '../../platform/auth/current-principal.decorator';
import { isCustomer, principalKey, type UserPrincipal } from '../../platform/auth/principal';
import { RepeatedWarnings } from '../../platform/observability/repeated-warnings';
import { ScheduleRepository } from '../model/domain/interfaces/schedule.repository';

const INTERVAL_MS = 3_600_000;
const MAX_REMEMBERED = 10_000;

/**
 * Records on every route of every module that an administrator uses the service, at most once an hour for each person and
 * process. The request does not wait for it, and succeeds if it fails.
 */
@Injectable()
export class AdminActivityInterceptor implements NestInterceptor {
  private readonly warnings = new RepeatedWarnings(new Logger(AdminActivityInterceptor.name));
  private readonly recordedAt = new Map<string, number>();

  constructor(private readonly schedules: ScheduleRepository) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (principal && !isCustomer(principal)) void this.record(principal);
    return next.handle();
  }

  async record(user: UserPrincipal): Promise<void> {
    if (!isAdmin(user)) return;
    const { userId, tenantId } = user;
    const key = principalKey({ userId, tenantId });
    const last = this.recordedAt.get(key);
    if (last !== undefined && performance.now() - last < INTERVAL_MS) return;
    if (this.recordedAt.size >= MAX_REMEMBERED) this.recordedAt.clear();
    this.recordedAt.set(key, performance.now());
    try {
      await this.schedules.recordAdminActivity({ userId, tenantId });
    } catch (error) {
      this.recordedAt.delete(key);
      this.warnings.report('Could not record the activity of an administrator; the next request tries again', error, {
        event: 'schedule.right_not_confirmed',
      });
    }
  }
}
