import { Injectable, Logger } from '@nestjs/common';
import { isAdmin } from '../../../platform/auth/admin';
import { type UserPrincipal, principalKey } from '../../../platform/auth/principal';
import { RepeatedWarnings } from '../../../platform/observability/repeated-warnings';
import { ScheduleRepository } from '../domain/interfaces/schedule.repository';

const REPEAT_MS = 3_600_000;
/** So many administrators are remembered; beyond that, all are written again. */
const MAX_REMEMBERED = 10_000;

/**
 * Records who still presents an administrator's token: at most once an hour for each person in a process, and beside the request,
 * which neither waits for it nor fails by it.
 */
@Injectable()
export class AdminActivity {
  private readonly warnings = new RepeatedWarnings(new Logger(AdminActivity.name));
  private readonly confirmedAt = new Map<string, number>();

  constructor(private readonly schedules: ScheduleRepository) {}

  /** Resolves when it is recorded. */
  async confirm(caller: UserPrincipal): Promise<void> {
    if (!isAdmin(caller)) return;
    const { userId, tenantId } = caller;
    const key = principalKey({ userId, tenantId });
    const last = this.confirmedAt.get(key);
    if (last !== undefined && performance.now() - last < REPEAT_MS) return;
    if (this.confirmedAt.size >= MAX_REMEMBERED) this.confirmedAt.clear();
    this.confirmedAt.set(key, performance.now());
    try {
      await this.schedules.recordAdminActivity({ userId, tenantId });
    } catch (error) {
      this.confirmedAt.delete(key);
      this.warnings.report('Could not record that an administrator is one; the next request tries again', error, {
        event: 'schedule.right_not_confirmed',
      });
    }
  }
}
