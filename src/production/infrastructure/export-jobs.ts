import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JobQueue, JobType } from '../../platform/queue/job-queue';
import { JobWorker } from '../../platform/queue/job-worker';
import { ExportQueue } from '../../export';
import { ExportRunner } from '../model/services/export-runner';
import { PartRunner } from '../model/services/part-runner';

/** Wakes a worker. The worker decides which export it runs; processes of release 0.1.0 run the one that is named. */
const RunExport = new JobType<{ exportId: string }>('run-export');

/** Wakes a worker for a part. The worker decides which part it makes. */
const RunPart = new JobType<{ exportId: string }>('run-export-part');

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

  override async addParts(exportId: string, leaderToken: string, count: number): Promise<void> {
    const payload = { exportId };
    const parts = Array.from({ length: count }, (_, index) => ({ id: `${leaderToken}-${index + 1}`, payload }));
    await this.jobs.addFlow(RunPart, parts, RunExport, { id: leaderToken, payload });
  }
}

@Injectable()
export class RunExportHandler {
  constructor(worker: JobWorker, runner: ExportRunner, parts: PartRunner) {
    worker.handle(RunExport, (_, signal) => runner.runNext(signal));
    worker.handle(RunPart, (_, signal) => parts.runNext(signal));
  }
}
