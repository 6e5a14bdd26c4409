import { Injectable } from '@nestjs/common';
import { DeliveriesForScheduledExport, type DeliveryState } from '../../../delivery';
import { type Export, ExportsForScheduledExport } from '../../../export';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { Config } from '../../../platform/config/config';
import type { Page } from '../../../platform/paging';
import { idempotentRequest } from '../../../platform/idempotent-request';
import type { RateLimitState } from '../../../platform/rate-limit';
import { ScheduleRunRepository } from '../domain/interfaces/schedule-run.repository';
import { toRunRequest } from '../domain/schedule-run';
import type { Schedule } from '../domain/schedule';
import type { ScheduleAccess } from '../domain/schedule-rights';
import type { ScheduleRun } from '../domain/schedule-run';
import { ScheduleManagement } from './schedule-management';
import { ScheduleService } from './schedule.service';

/** A run with the current state of its export and deliveries. */
export interface RunDetails {
  readonly run: ScheduleRun;
  /** `null` between the start of the run and the creation of its export. */
  readonly export: Export | null;
  readonly deliveries: readonly DeliveryState[];
}

export type LastRun = Omit<RunDetails, 'deliveries'>;

export interface RequestedRun {
  readonly export: Export;
  readonly isNew: boolean;
  readonly rateLimit: RateLimitState | null;
}

/** The runs of schedules, for their owners. */
@Injectable()
export class ScheduleRuns {
  constructor(
    private readonly schedules: ScheduleService,
    private readonly management: ScheduleManagement,
    private readonly runs: ScheduleRunRepository,
    private readonly exports: ExportsForScheduledExport,
    private readonly deliveries: DeliveriesForScheduledExport,
    private readonly config: Config,
  ) {}

  /**
   * Runs a schedule now, also one that is paused.
   * @throws RateLimitExceededError | DomainError not-found | forbidden | mismatch | gone
   */
  async runNow(scheduleId: string, caller: UserPrincipal, idempotencyKey: string | null): Promise<RequestedRun> {
    const { id } = await this.schedules.getRunnable(scheduleId, caller);
    const idempotency = idempotencyKey === null ? null : idempotentRequest(caller, idempotencyKey, 'schedule-run', id);
    const started = await this.runs.startManual(id, caller, idempotency, this.config.exports.rateLimit);
    return {
      export: await this.exports.request(toRunRequest(started)),
      isNew: started.isNew,
      rateLimit: started.rateLimit,
    };
  }

  /** Newest first. @throws DomainError not-found */
  async history(scheduleId: string, access: ScheduleAccess, size: number, cursor?: string): Promise<Page<RunDetails>> {
    const { id } = await this.management.get(scheduleId, access);
    const page = await this.runs.list(id, size, cursor);
    const ids = page.items.map(({ exportId }) => exportId);
    const [exports, states] = await Promise.all([this.exportsOf(page.items), this.deliveries.statesOf(ids)]);
    const items = page.items.map((run) => ({
      run,
      export: exports.get(run.exportId) ?? null,
      deliveries: (states.get(run.exportId) ?? []).filter(({ event }) => event.startsWith('export.')),
    }));
    return { ...page, items };
  }

  /** The last run of each schedule that has one, by the schedule's id. */
  async lastOf(schedules: readonly Schedule[]): Promise<Map<string, LastRun>> {
    const last = await this.runs.lastOf(schedules.map(({ id }) => id));
    const exports = await this.exportsOf([...last.values()]);
    return new Map([...last].map(([id, run]) => [id, { run, export: exports.get(run.exportId) ?? null }]));
  }

  private async exportsOf(runs: readonly ScheduleRun[]): Promise<Map<string, Export>> {
    const exports = await this.exports.findAll(runs.map(({ exportId }) => exportId));
    return new Map(exports.map((item) => [item.id, item]));
  }
}
