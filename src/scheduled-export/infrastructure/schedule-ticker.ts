import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { RepeatedWarnings } from '../../platform/observability/repeated-warnings';
import { JobQueue, JobType } from '../../platform/queue/job-queue';
import { JobWorker } from '../../platform/queue/job-worker';
import { PeriodicTask } from '../../platform/work/periodic-task';
import { ScheduleRunner } from '../model/services/schedule-runner';

/** A process checks by itself once in so many poll intervals, in case the queue is unavailable. */
const INTERVALS_PER_CHECK = 7.5;

const FireDueSchedules = new JobType<Record<string, never>>('fire-due-schedules');

/** Starts the runner of schedules: by a repeated job that all processes share, and less often by a timer of each process. */
@Injectable()
export class ScheduleTicker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly warnings = new RepeatedWarnings(new Logger(ScheduleTicker.name));
  private readonly checks: PeriodicTask;

  constructor(
    private readonly jobs: JobQueue,
    private readonly config: Config,
    worker: JobWorker,
    runner: ScheduleRunner,
  ) {
    this.checks = new PeriodicTask(INTERVALS_PER_CHECK * config.pollIntervalMs, async (signal) => {
      await this.repeatJob().catch((error: unknown) => {
        this.warnings.report('Could not add the repeated job of schedules; it is tried again', error);
      });
      await runner.runDue(signal);
    });
    worker.handle(FireDueSchedules, () => runner.runDue(this.checks.signal));
  }

  onApplicationBootstrap(): void {
    if (this.config.runsJobs) this.checks.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.checks.stop();
  }

  /** Any number of processes may call this: the queue keeps one repeated job. */
  repeatJob(): Promise<void> {
    return this.jobs.repeat(FireDueSchedules, this.config.pollIntervalMs, {});
  }
}
