import { Injectable } from '@nestjs/common';
import { JobQueue, JobType } from '../../platform/queue/job-queue';
import { JobWorker } from '../../platform/queue/job-worker';
import { Ticker } from '../model/domain/interfaces/ticker';
import { ScheduleClock } from '../model/services/schedule-clock';

const FireDueSchedules = new JobType<Record<string, never>>('fire-due-schedules');
const INTERVAL_MS = 2_000;

@Injectable()
export class BullTicker extends Ticker {
  constructor(private readonly jobs: JobQueue) {
    super();
  }

  override ensure(): Promise<void> {
    return this.jobs.repeat(FireDueSchedules, INTERVAL_MS, {});
  }
}

@Injectable()
export class FireDueSchedulesHandler {
  constructor(worker: JobWorker, clock: ScheduleClock) {
    worker.handle(FireDueSchedules, () => clock.fireDue());
  }
}
