import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ExportsForScheduledExport } from '../../../export';
import { Config } from '../../../platform/config/config';
import { RepeatedWarnings } from '../../../platform/observability/repeated-warnings';
import { PeriodicTask } from '../../../platform/work/periodic-task';
import { ScheduleRunRepository } from '../domain/interfaces/schedule-run.repository';
import { Ticker } from '../domain/interfaces/ticker';
import { requestOf } from '../domain/run-request';
import { RunSettlement } from './run-settlement';

/** A process looks by itself less often, in case the queue, which ticks for all of them, is away. */
const TICKS_PER_ROUND = 7.5;

/** Runs what is due. Everything it knows is in the database, so that any process may do any part of it at any time. */
@Injectable()
export class ScheduleClock implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly warnings = new RepeatedWarnings(new Logger(ScheduleClock.name));
  private readonly rounds: PeriodicTask;

  constructor(
    private readonly config: Config,
    private readonly runs: ScheduleRunRepository,
    private readonly exports: ExportsForScheduledExport,
    private readonly settlement: RunSettlement,
    private readonly ticker: Ticker,
  ) {
    this.rounds = new PeriodicTask(TICKS_PER_ROUND * config.pollIntervalMs, () => this.round());
  }

  onApplicationBootstrap(): void {
    if (this.config.runsJobs) this.rounds.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  /**
   * Begins the runs that are due, then looks after those that are open: asks for the export of one whose process ended
   * before it could, and writes the outcome of one whose export ended. What fails is tried again at the next call.
   */
  async fireDue(): Promise<void> {
    await this.step('run what is due', () => this.beginDue());
    await this.step('look after the runs of schedules', () => this.settlement.settle());
  }

  private async beginDue(): Promise<void> {
    for (let begun = await this.runs.beginDue(); begun && !this.rounds.isOver; begun = await this.runs.beginDue()) {
      await this.exports.request(requestOf(begun));
    }
  }

  private async step(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.warnings.report(`Could not ${name}; it is tried again`, error);
    }
  }

  private async round(): Promise<void> {
    await this.step('have the queue tick for schedules', () => this.ticker.ensure());
    await this.fireDue();
  }
}
