import type { UserPrincipal, Person } from '../../../../platform/auth/principal';
import type { Page } from '../../../../platform/paging';
import type { IdempotentRequest } from '../../../../platform/idempotent-request';
import type { Schedule, ScheduleDefinition } from '../schedule';
import { paused, replaced, resumed, type ScheduleChange } from '../schedule-changes';
import { accessToOwn, type ScheduleAccess } from '../schedule-rights';

export interface ScheduleCreation {
  readonly schedule: Schedule;
  /** `false` for a repeat of the request that created it. */
  readonly isNew: boolean;
}

export interface ScheduleQuery {
  readonly access: ScheduleAccess;
  /** Only the schedules of this user. */
  readonly ownerId?: string;
  /** Only the schedules of this tenant. */
  readonly tenantId?: string;
  readonly size: number;
  readonly cursor?: string;
  readonly isActive?: boolean;
}

/** Decides a change from the schedule as it is, while no other transaction can change it; `null` for none. */
export type DecideChange = (before: Schedule, now: Date) => ScheduleChange | null;

/**
 * Stores schedules. Each change writes its audit entry in the same transaction, with the actor and, if that is somebody else,
 * the owner. Times are the database's.
 */
export abstract class ScheduleRepository {
  /** @throws DomainError mismatch | gone | conflict, when the owner has the maximum of schedules */
  abstract create(
    definition: ScheduleDefinition,
    by: UserPrincipal,
    idempotency: IdempotentRequest | null,
  ): Promise<ScheduleCreation>;

  /** @returns `null` also for one outside of the access */
  abstract find(id: string, access: ScheduleAccess): Promise<Schedule | null>;

  abstract list(query: ScheduleQuery): Promise<Page<Schedule>>;

  /** Exports of the schedule stay. @returns whether it existed within the access */
  abstract delete(id: string, access: ScheduleAccess): Promise<boolean>;

  /** Records that a person used an administrator's token, for the schedules that they saved as one: at most once an hour. */
  abstract recordAdminActivity(administrator: Person): Promise<void>;

  /** A slot that is due stays due if neither the rule nor the activity changes. */
  replace(id: string, definition: ScheduleDefinition, by: UserPrincipal): Promise<Schedule | null> {
    const decide: DecideChange = (before, now) => replaced(before, definition, now);
    return this.change(id, accessToOwn(by), 'changed', decide, definition);
  }

  /** Runs no more until it is resumed. A paused schedule stays as it is. */
  pause(id: string, access: ScheduleAccess): Promise<Schedule | null> {
    return this.change(id, access, 'paused', (before) => paused(before, access));
  }

  /** Runs next at the first slot to come, with no failures counted. An active schedule stays as it is. */
  resume(id: string, access: ScheduleAccess): Promise<Schedule | null> {
    return this.change(id, access, 'resumed', (before, now) => resumed(before, access, now));
  }

  /**
   * @param definition replaces all that the owner decides, unless it is left out
   * @returns the schedule after the change; `null` for one outside of the access
   */
  protected abstract change(
    id: string,
    access: ScheduleAccess,
    action: string,
    decide: DecideChange,
    definition?: ScheduleDefinition,
  ): Promise<Schedule | null>;
}
