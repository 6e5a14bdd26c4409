import { Injectable, Logger } from '@nestjs/common';
import { DeliveriesForScheduledExport, type DeliveryState } from '../../../delivery';
import { type Export, ExportsForScheduledExport } from '../../../export';
import { DomainError } from '../../../platform/errors/domain-error';
import { type StartedRun, ScheduleRunRepository } from '../domain/interfaces/schedule-run.repository';
import { toRunRequest } from '../domain/run-request';
import type { Pause } from '../domain/schedule';
import { isNotificationMissing, resolveRunResult } from '../domain/run-verdict';

const GONE: Pause = { code: 'webhook-gone', reason: 'The webhook answered 410: it wants nothing more.' };

/** Settles runs: requests missing exports, and writes the outcome once the export and its deliveries have ended. */
@Injectable()
export class RunSettlement {
  private readonly logger = new Logger(RunSettlement.name);

  constructor(
    private readonly runs: ScheduleRunRepository,
    private readonly exports: ExportsForScheduledExport,
    private readonly deliveries: DeliveriesForScheduledExport,
  ) {}

  /** Settles every run whose next check is due. */
  async settle(): Promise<void> {
    for (let open = await this.runs.claimUnsettled(); open.length > 0; open = await this.runs.claimUnsettled()) {
      const ids = open.map(({ run }) => run.exportId);
      const exports = new Map((await this.exports.findAll(ids)).map((item) => [item.id, item]));
      const states = await this.deliveries.statesOf(ids);
      for (const started of open) {
        const { exportId } = started.run;
        await this.orRetry(started, () => this.settleOne(started, exports.get(exportId), states.get(exportId) ?? []));
      }
    }
  }

  /** A run that fails to settle does not block the others. */
  private async orRetry({ run }: StartedRun, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn('A run of a schedule could not be settled; it is tried again', {
        event: 'schedule.run_not_settled',
        export_id: run.exportId,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }

  private async settleOne(
    started: StartedRun,
    made: Export | undefined,
    states: readonly DeliveryState[],
  ): Promise<void> {
    const { run, schedule } = started;
    if (!made) {
      await this.request(started);
      return;
    }
    // A schedule that changed after the run started may have another webhook.
    if (states.some(({ gone }) => gone) && schedule.updatedAt <= run.createdAt) await this.runs.pauseAfter(run, GONE);
    const verdict = isNotificationMissing(made, states) ? null : resolveRunResult(made, states);
    if (verdict) await this.runs.settle(run, verdict);
  }

  private async request(started: StartedRun): Promise<void> {
    const { run } = started;
    this.logger.warn('A run has no export yet; it is requested again', {
      event: 'schedule.export_requested_again',
      export_id: run.exportId,
    });
    try {
      await this.exports.request(toRunRequest(started));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      await this.runs.settle(run, {
        outcome: 'failed',
        error: error.summary,
        errorCode: error.code,
        failureStreak: 'increment',
      });
    }
  }
}
