import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { Job, Worker } from 'bullmq';
import { Config } from '../config/config';
import { settlesWithin } from '../async';
import { RepeatedWarnings } from '../observability/repeated-warnings';
import { RunningWork } from '../work/running-work';
import type { JobType } from './job-queue';
import { QueueConnections } from './queue-connections';

/** Does one kind of work. The signal aborts when the process must end before the work has ended. */
export type JobHandler<Payload> = (payload: Payload, signal: AbortSignal) => Promise<void>;

/** How soon the queue notices that a worker died with a job: not later than the lease of the work expires. */
const MAX_LOCK_MS = 10_000;

/** How long the queue may take to close a worker whose work has ended. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Takes jobs from the queue and passes them to their handlers, in processes whose role includes work. */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(JobWorker.name);
  private readonly handlers = new Map<string, JobHandler<never>>();
  private worker: Worker | undefined;

  constructor(
    private readonly config: Config,
    private readonly connections: QueueConnections,
    private readonly running: RunningWork,
  ) {}

  /** @throws Error when the job type has a handler already */
  handle<Payload extends Readonly<Record<string, string>>>(type: JobType<Payload>, handler: JobHandler<Payload>): void {
    if (this.handlers.has(type.name)) throw new Error(`The job ${type.name} has two handlers`);
    this.handlers.set(type.name, handler);
  }

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    const lockMs = Math.min(MAX_LOCK_MS, this.config.exports.leaseSeconds * 1000);
    this.worker = this.connections.worker((job) => this.process(job), {
      concurrency: this.config.exports.concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      // Attempts are counted in the record, including those that killed their process.
      maxStalledCount: 1_000_000,
    });
    const warnings = new RepeatedWarnings(this.logger);
    this.worker.on('error', (error) => {
      warnings.report('The queue cannot be reached', error, { event: 'queue.unreachable' });
    });
  }

  /** Takes no more jobs from the queue. */
  onModuleDestroy(): void {
    // beforeApplicationShutdown() waits for the same promise.
    this.worker?.close().catch(() => undefined);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.onModuleDestroy();
    const { worker } = this;
    if (!worker) return;
    await this.running.beforeApplicationShutdown();
    if (!(await settlesWithin(CLOSE_TIMEOUT_MS, worker.close()))) {
      this.logger.warn('The queue does not answer: its connections are closed', { event: 'queue.close_timeout' });
    }
    // A failed close leaves a client that reconnects forever.
    worker.disconnect().catch(() => undefined);
  }

  private async process(job: Job): Promise<void> {
    const handler = this.handlers.get(job.name);
    if (!handler) throw new Error(`The job ${job.name} has no handler`);
    await this.running.add(handler(job.data as never, this.running.ending));
  }
}
