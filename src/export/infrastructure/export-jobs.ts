import { Injectable } from '@nestjs/common';
import { JobQueue, JobType } from '../../platform/queue/job-queue';
import { JobWorker } from '../../platform/queue/job-worker';
import { ExportQueue } from '../model/domain/interfaces/export-queue';
import { ExportRunner } from '../model/services/export-runner';

const RunExport = new JobType<{ exportId: string }>('run-export');

@Injectable()
export class BullExportQueue extends ExportQueue {
  constructor(private readonly jobs: JobQueue) {
    super();
  }

  override async add(...exportIds: readonly string[]): Promise<void> {
    await this.jobs.add(RunExport, ...exportIds.map((exportId) => ({ id: exportId, payload: { exportId } })));
  }
}

@Injectable()
export class RunExportHandler {
  constructor(worker: JobWorker, runner: ExportRunner) {
    worker.handle(RunExport, ({ exportId }, signal) => runner.run(exportId, signal));
  }
}
