import { Injectable, Logger } from '@nestjs/common';
import { DeliveriesForScheduledExport, type DeliveryState } from '../../../delivery';
import { type Export, ExportsForScheduledExport } from '../../../export';
import { DomainError } from '../../../platform/errors/domain-error';
import { type BegunRun, ScheduleRunRepository } from '../domain/interfaces/schedule-run.repository';
import { requestOf } from '../domain/run-request';
import type { Pause } from '../domain/schedule';
import { isNotificationMissing, verdictOf } from '../domain/run-verdict';

const GONE: Pause = { code: 'webhook-gone', reason: 'The webhook answered 410: it wants nothing more.' };

/** Brings runs to their ends: to their exports, and when these have ended, to their outcomes. */
@Injectable()
export class RunSettlement {
  private readonly logger = new Logger(RunSettlement.name);

  constructor(
    private readonly runs: ScheduleRunRepository,
    private readonly exports: ExportsForScheduledExport,
    private readonly deliveries: DeliveriesForScheduledExport,
  ) {}

  /** Looks after every open run that nobody has looked at for a while. */
  async settle(): Promise<void> {
    for (let open = await this.runs.claimUnsettled(); open.length > 0; open = await this.runs.claimUnsettled()) {
      const ids = open.map(({ run }) => run.exportId);
      const exports = new Map((await this.exports.findAll(ids)).map((item) => [item.id, item]));
      const states = await this.deliveries.statesOf(ids);
      for (const begun of open) {
        const { exportId } = begun.run;
        await this.orLater(begun, () => this.lookAfter(begun, exports.get(exportId), states.get(exportId) ?? []));
      }
    }
  }

  /** One that cannot be looked after now holds up no other. */
  private async orLater({ run }: BegunRun, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn('A run of a schedule could not be looked after; it is tried again', {
        export_id: run.exportId,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }

  private async lookAfter(begun: BegunRun, made: Export | undefined, states: readonly DeliveryState[]): Promise<void> {
    const { run, schedule } = begun;
    if (!made) {
      await this.request(begun);
      return;
    }
    // What was changed since is not to blame.
    if (states.some(({ gone }) => gone) && schedule.updatedAt <= run.createdAt) await this.runs.pauseAfter(run, GONE);
    const verdict = isNotificationMissing(made, states) ? null : verdictOf(made, states);
    if (verdict) await this.runs.settle(run, verdict);
  }

  private async request(begun: BegunRun): Promise<void> {
    const { run } = begun;
    this.logger.warn('A run had no export yet: that is asked for again', { export_id: run.exportId });
    try {
      await this.exports.request(requestOf(begun));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      await this.runs.settle(run, {
        outcome: 'failed',
        error: error.summary,
        errorCode: error.code,
        counts: 'up',
      });
    }
  }
}
