import type { Caller, Person } from '../../../../platform/auth/caller';
import type { Page } from '../../../../platform/http/page';
import type { IdempotentRequest } from '../../../../platform/idempotency/idempotency-keys';
import type { Schedule, ScheduleDefinition } from '../schedule';

export interface ScheduleCreation {
  readonly schedule: Schedule;
  /** `false` for a repeat of the request that made it. */
  readonly isNew: boolean;
}

export interface ScheduleQuery {
  readonly owner: Person;
  readonly size: number;
  readonly cursor?: string;
  readonly isActive?: boolean;
}

/** Where schedules are kept. Each change writes its audit entry with it; when they run next goes by the database's clock. */
export abstract class ScheduleRepository {
  /** @throws DomainError mismatch | gone | conflict, when the owner has as many as one may have */
  abstract create(
    definition: ScheduleDefinition,
    by: Caller,
    idempotency: IdempotentRequest | null,
  ): Promise<ScheduleCreation>;

  abstract findOwned(id: string, owner: Person): Promise<Schedule | null>;

  abstract list(query: ScheduleQuery): Promise<Page<Schedule>>;

  /** What it is anew. A slot that is due already stays due while the rule and the activity stay. */
  abstract replace(id: string, definition: ScheduleDefinition, by: Caller): Promise<Schedule | null>;

  /** Its exports stay. */
  abstract delete(id: string, by: Caller): Promise<boolean>;

  /** It runs no more until it is resumed. One that is paused stays as it is. */
  abstract pause(id: string, by: Caller): Promise<Schedule | null>;

  /** It runs next at the first slot to come, with no failures to its name. One that is active stays as it is. */
  abstract resume(id: string, by: Caller): Promise<Schedule | null>;
}
