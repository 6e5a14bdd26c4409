import { Injectable, Logger } from '@nestjs/common';
import { ExportsForScheduledExport } from '../../../export';
import { DomainError } from '../../../platform/errors/domain-error';
import { RepeatedWarnings } from '../../../platform/observability/repeated-warnings';
import { ScheduleRunRepository } from '../domain/interfaces/schedule-run.repository';
import { type StartedRun, toRunRequest } from '../domain/schedule-run';

/** Runs due schedules. All its state is in the database, so that any process may take any step at any time. */
@Injectable()
export class ScheduleRunner {
  private readonly logger = new Logger(ScheduleRunner.name);
  private readonly warnings = new RepeatedWarnings(this.logger);

  constructor(
    private readonly runs: ScheduleRunRepository,
    private readonly exports: ExportsForScheduledExport,
  ) {}

  /**
   * Starts the runs that are due, then checks unsettled runs. A step that fails is tried again at the next call.
   * @param signal aborts when the process shuts down: no further run is started
   */
  async runDue(signal?: AbortSignal): Promise<void> {
    await this.attempt('run what is due', () => this.startDue(signal));
    await this.attempt('check the unsettled runs of schedules', () => this.checkUnsettled());
  }

  private async startDue(signal?: AbortSignal): Promise<void> {
    for (let started = await this.runs.startDue(); started; started = await this.runs.startDue()) {
      await this.exports.request(toRunRequest(started));
      if (signal?.aborted) return;
    }
  }

  /**
   * The safety net of runs: requests the export of one whose process ended before it could, and writes the outcome of one
   * whose export a process of an earlier version ended.
   */
  private async checkUnsettled(): Promise<void> {
    for (let runs = await this.runs.claimUnsettled(); runs.length > 0; runs = await this.runs.claimUnsettled()) {
      const exports = await this.exports.findAll(runs.map(({ run }) => run.exportId));
      const ids = new Set(exports.map(({ id }) => id));
      for (const started of runs) {
        const { exportId } = started.run;
        try {
          await (ids.has(exportId) ? this.runs.settle(started.run) : this.requestAgain(started));
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          const details = { event: 'schedule.run_not_settled', export_id: exportId, reason };
          this.logger.warn('A run of a schedule could not be settled; it is tried again', details);
        }
      }
    }
  }

  private async requestAgain(started: StartedRun): Promise<void> {
    const { run } = started;
    const details = { event: 'schedule.export_requested_again', export_id: run.exportId };
    this.logger.warn('A run has no export yet; it is requested again', details);
    try {
      await this.exports.request(toRunRequest(started));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { summary, code } = error;
      await this.runs.conclude(run, { outcome: 'failed', error: summary, errorCode: code, failureStreak: 'increment' });
    }
  }

  private async attempt(name: string, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.warnings.report(`Could not ${name}; it is tried again`, error, { event: 'schedule.step_failed' });
    }
  }
}
