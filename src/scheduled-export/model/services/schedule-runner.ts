import { Injectable, Logger } from '@nestjs/common';
import { ExportsForScheduledExport } from '../../../export';
import { RepeatedWarnings } from '../../../platform/observability/repeated-warnings';
import { ScheduleRunRepository } from '../domain/interfaces/schedule-run.repository';
import { toRunRequest } from '../domain/run-request';
import { RunSettlement } from './run-settlement';

/** Runs due schedules. All its state is in the database, so that any process may take any step at any time. */
@Injectable()
export class ScheduleRunner {
  private readonly warnings = new RepeatedWarnings(new Logger(ScheduleRunner.name));

  constructor(
    private readonly runs: ScheduleRunRepository,
    private readonly exports: ExportsForScheduledExport,
    private readonly settlement: RunSettlement,
  ) {}

  /**
   * Starts the runs that are due, then settles unsettled runs. A step that fails is tried again at the next call.
   * @param signal aborts when the process shuts down: no further run is started
   */
  async runDue(signal?: AbortSignal): Promise<void> {
    await this.attempt('run what is due', () => this.startDue(signal));
    await this.attempt('settle the runs of schedules', () => this.settlement.settle());
  }

  private async startDue(signal?: AbortSignal): Promise<void> {
    for (let started = await this.runs.startDue(); started; started = await this.runs.startDue()) {
      await this.exports.request(toRunRequest(started));
      if (signal?.aborted) return;
    }
  }

  private async attempt(name: string, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.warnings.report(`Could not ${name}; it is tried again`, error);
    }
  }
}
