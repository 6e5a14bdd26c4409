import type { UserPrincipal } from '../../../../platform/auth/principal';
import type { IdempotentRequest } from '../../../../platform/idempotent-request';
import type { PlannedDelivery } from '../../../../platform/outbox/planned-delivery';
import type { Page } from '../../../../platform/paging';
import type { RateLimit, RateLimitState } from '../../../../platform/rate-limit';
import type { Pause } from '../schedule';
import type { RunResult, ScheduleRun, StartedRun } from '../schedule-run';

export interface ManualRun extends StartedRun {
  /** `false` for a repeat of the request that started it. */
  readonly isNew: boolean;
  readonly rateLimit: RateLimitState | null;
}

/**
 * Stores runs. A slot is a row, and so is run once. Times are the database's. Where an export ends, or a delivery of it is
 * attempted, the outcome of its run is written in that same transaction.
 */
export abstract class ScheduleRunRepository {
  /**
   * Starts the run of one due schedule, and moves the schedule on to its next slot, in one transaction. Schedules that another
   * process has locked are left to it. A slot beyond the owner's runs of the day is skipped.
   * @returns `null` when no schedule is due
   */
  abstract startDue(): Promise<StartedRun | null>;

  /** @throws RateLimitExceededError | DomainError not-found | mismatch | gone */
  abstract startManual(
    scheduleId: string,
    by: UserPrincipal,
    idempotency: IdempotentRequest | null,
    limit: RateLimit | null,
  ): Promise<ManualRun>;

  /** Claims unsettled runs whose next check is due: first after seconds, then less and less often. */
  abstract claimUnsettled(): Promise<StartedRun[]>;

  /** Writes the outcome if the export and its deliveries have ended: for exports that an earlier version ended. */
  abstract settle(run: ScheduleRun): Promise<void>;

  /** Writes the outcome of a run whose export could not be created. */
  abstract conclude(run: ScheduleRun, result: RunResult): Promise<void>;

  /**
   * Pauses the schedule of a run and notifies its owner. A paused schedule stays as it is.
   * @param administrators also notified, once a day about one owner
   */
  abstract pauseAfter(run: ScheduleRun, why: Pause, administrators?: readonly PlannedDelivery[]): Promise<void>;

  /** @returns the run of an export and the database's time; `null` when its schedule was deleted */
  abstract findByExport(exportId: string): Promise<(StartedRun & { readonly now: Date }) | null>;

  /** Newest first. */
  abstract list(scheduleId: string, size: number, cursor?: string): Promise<Page<ScheduleRun>>;

  /** The last run of each schedule that has one, by the schedule's id. */
  abstract lastOf(scheduleIds: readonly string[]): Promise<Map<string, ScheduleRun>>;
}
