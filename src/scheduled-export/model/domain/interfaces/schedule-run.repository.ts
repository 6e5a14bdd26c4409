import type { UserPrincipal } from '../../../../platform/auth/principal';
import type { RateLimit } from '../../../../platform/rate-limit';
import type { Page } from '../../../../platform/paging';
import type { IdempotentRequest } from '../../../../platform/idempotent-request';
import type { RateLimitState } from '../../../../platform/rate-limit';
import type { PlannedDelivery } from '../../../../platform/outbox/planned-delivery';
import type { Pause, Schedule } from '../schedule';
import type { RunResult, ScheduleRun } from '../schedule-run';

/** A run with the schedule that it is a run of. */
export interface StartedRun {
  readonly run: ScheduleRun;
  readonly schedule: Schedule;
}

export interface DatedRun extends StartedRun {
  /** By the database's clock. */
  readonly now: Date;
}

export interface ManualRun extends StartedRun {
  /** `false` for a repeat of the request that began it. */
  readonly isNew: boolean;
  readonly rateLimit: RateLimitState | null;
}

/** Where runs are kept: a slot is a row, and so is run once. All times are the database's. */
export abstract class ScheduleRunRepository {
  /**
   * Begins the run of one schedule that is due, in one transaction: its row stands for the slot, or for the last one where several were
   * missed, and the schedule goes on to the next. Schedules that another process has in hand are passed over. A slot beyond the
   * owner's runs of the day is skipped: its schedule goes on to the first slot for which there is room again.
   * @returns `null` when none is due
   */
  abstract startDue(): Promise<StartedRun | null>;

  /** @throws RateLimitExceededError | DomainError not-found | mismatch | gone */
  abstract startManual(
    scheduleId: string,
    by: UserPrincipal,
    idempotency: IdempotentRequest | null,
    limit: RateLimit | null,
  ): Promise<ManualRun>;

  /** Some runs without an outcome that nobody has looked at for a while; they are passed over for a while from now on. */
  abstract claimUnsettled(): Promise<StartedRun[]>;

  /** Writes how a run ended, once, and what that means for its schedule, which too many failures in a row pause. */
  abstract settle(run: ScheduleRun, verdict: RunResult): Promise<void>;

  /**
   * Pauses the schedule of the run, and notifies its owner, unless by the webhook that is gone. One that is paused stays as it is.
   * @param administrators how administrators are notified; once a day about one owner
   */
  abstract pauseAfter(run: ScheduleRun, why: Pause, administrators?: readonly PlannedDelivery[]): Promise<void>;

  /** The run that an export was made for; `null` when its schedule was deleted. */
  abstract findByExport(exportId: string): Promise<DatedRun | null>;

  /** Newest first. */
  abstract list(scheduleId: string, size: number, cursor?: string): Promise<Page<ScheduleRun>>;

  /** The last run of each schedule that has one, by the schedule's id. */
  abstract lastOf(scheduleIds: readonly string[]): Promise<Map<string, ScheduleRun>>;
}
