import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { JobQueue, JobType } from '../../platform/queue/job-queue';
import { JobWorker } from '../../platform/queue/job-worker';
import { Ticker } from '../model/domain/interfaces/ticker';
import { ScheduleClock } from '../model/services/schedule-clock';

const FireDueSchedules = new JobType<Record<string, never>>('fire-due-schedules');

@Injectable()
export class BullTicker extends Ticker {
  constructor(
    private readonly jobs: JobQueue,
    private readonly config: Config,
  ) {
    super();
  }

  override ensure(): Promise<void> {
    return this.jobs.repeat(FireDueSchedules, this.config.pollIntervalMs, {});
  }
}

@Injectable()
export class FireDueSchedulesHandler {
  constructor(worker: JobWorker, clock: ScheduleClock) {
    worker.handle(FireDueSchedules, () => clock.fireDue());
  }
}
