import type { UserPrincipal, Person } from '../../../../platform/auth/principal';
import type { Page } from '../../../../platform/paging';
import type { IdempotentRequest } from '../../../../platform/idempotent-request';
import type { Schedule, ScheduleDefinition } from '../schedule';
import type { ScheduleAccess } from '../schedule-access';

export interface ScheduleCreation {
  readonly schedule: Schedule;
  /** `false` for a repeat of the request that made it. */
  readonly isNew: boolean;
}

export interface ScheduleQuery {
  readonly access: ScheduleAccess;
  /** Of what may be accessed, the schedules of this user alone. */
  readonly ownerId?: string;
  /** The same for a tenant. */
  readonly tenantId?: string;
  readonly size: number;
  readonly cursor?: string;
  readonly isActive?: boolean;
}

/**
 * Where schedules are kept. Each change writes its audit entry with it, which names the actor and, where that is somebody else, the
 * owner; when they run next goes by the database's clock.
 */
export abstract class ScheduleRepository {
  /** @throws DomainError mismatch | gone | conflict, when the owner has as many as one may have */
  abstract create(
    definition: ScheduleDefinition,
    by: UserPrincipal,
    idempotency: IdempotentRequest | null,
  ): Promise<ScheduleCreation>;

  /** @returns `null` also for one that is out of reach */
  abstract find(id: string, access: ScheduleAccess): Promise<Schedule | null>;

  abstract list(query: ScheduleQuery): Promise<Page<Schedule>>;

  /** What it is anew. A slot that is due already stays due while the rule and the activity stay. */
  abstract replace(id: string, definition: ScheduleDefinition, by: UserPrincipal): Promise<Schedule | null>;

  /** Its exports stay. */
  abstract delete(id: string, access: ScheduleAccess): Promise<boolean>;

  /** It runs no more until it is resumed. One that is paused stays as it is. */
  abstract pause(id: string, access: ScheduleAccess): Promise<Schedule | null>;

  /**
   * Records that a person presented an administrator's token now, for the schedules that they saved as one. Writes nothing
   * within an hour of the last time.
   */
  abstract recordAdminActivity(administrator: Person): Promise<void>;

  /** It runs next at the first slot to come, with no failures to its name. One that is active stays as it is. */
  abstract resume(id: string, access: ScheduleAccess): Promise<Schedule | null>;
}
