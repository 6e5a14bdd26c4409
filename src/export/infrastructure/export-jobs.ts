import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JobQueue, JobType } from '../../platform/queue/job-queue';
import { JobWorker } from '../../platform/queue/job-worker';
import { ExportQueue } from '../model/domain/interfaces/export-queue';
import { ExportRunner } from '../model/services/export-runner';

/** Wakes a worker. The worker decides which export it runs; processes of release 0.1.0 run the one that is named. */
const RunExport = new JobType<{ exportId: string }>('run-export');

@Injectable()
export class BullExportQueue extends ExportQueue {
  constructor(private readonly jobs: JobQueue) {
    super();
  }

  override async add(...exportIds: readonly string[]): Promise<void> {
    await this.jobs.add(RunExport, ...exportIds.map((exportId) => ({ id: exportId, payload: { exportId } })));
  }

  override async wake(exportId: string): Promise<void> {
    // The job named after the export may be running another export, and would keep this one from being added.
    await this.jobs.addUnlessWaiting(RunExport, { id: randomUUID(), payload: { exportId } });
  }
}

@Injectable()
export class RunExportHandler {
  constructor(worker: JobWorker, runner: ExportRunner) {
    worker.handle(RunExport, (_, signal) => runner.runNext(signal));
  }
}
