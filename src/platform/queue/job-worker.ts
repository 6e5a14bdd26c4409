import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job, Worker } from 'bullmq';
import { Config } from '../config/config';
import { Health } from '../observability/health';
import type { JobType } from './job-queue';
import { OutageLog } from './outage-log';
import { QueueConnections } from './queue-connections';

/** Does one kind of work. The signal aborts when the process has to end before the work has. */
export type JobHandler<Payload> = (payload: Payload, signal: AbortSignal) => Promise<void>;

/** How soon the queue notices that a worker died with a job in hand: not later than the lease of its export ends. */
const MAX_LOCK_MS = 10_000;

/** How long work may take to stop and be handed back. */
const HAND_BACK_MS = 5_000;

/** Takes jobs from the queue and gives them to their handlers, in the processes whose role it is. */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(JobWorker.name);
  private readonly handlers = new Map<string, JobHandler<never>>();
  private worker: Worker | undefined;

  constructor(
    private readonly config: Config,
    private readonly connections: QueueConnections,
    private readonly health: Health,
  ) {}

  /** @throws when the kind of work has a handler already */
  handle<Payload extends Readonly<Record<string, string>>>(type: JobType<Payload>, handler: JobHandler<Payload>): void {
    if (this.handlers.has(type.name)) throw new Error(`The job ${type.name} has two handlers`);
    this.handlers.set(type.name, handler);
  }

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    const lockMs = Math.min(MAX_LOCK_MS, this.config.exports.leaseSeconds * 1000);
    this.worker = this.connections.worker((job, _token, signal) => this.process(job, signal), {
      concurrency: this.config.exports.concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      // The record counts the attempts, also those that killed their process; the queue only brings them back.
      maxStalledCount: 1_000_000,
    });
    const outages = new OutageLog(this.logger);
    this.worker.on('error', (error) => {
      outages.report(error);
    });
  }

  /** Lets running work finish within the grace period, then aborts it so that it can be handed back. */
  async beforeApplicationShutdown(): Promise<void> {
    this.health.leave();
    const { worker } = this;
    if (!worker) return;
    const over = new AbortController();
    const closed = worker.close().finally(() => {
      over.abort();
    });
    const deadline = this.endWorkAt(worker, this.config.exports.graceSeconds * 1000, over.signal);
    await Promise.race([closed, deadline]);
  }

  private async endWorkAt(worker: Worker, graceMs: number, over: AbortSignal): Promise<void> {
    try {
      await delay(graceMs, undefined, { signal: over });
      this.logger.warn('The grace period is over: work in hand is handed back');
      worker.cancelAllJobs('The process has to end');
      await delay(HAND_BACK_MS, undefined, { signal: over });
      this.logger.error('Work in hand did not end when it was told to; its lease will run out');
    } catch {
      // Everything ended before its time.
    }
  }

  private async process(job: Job, signal: AbortSignal | undefined): Promise<void> {
    const handler = this.handlers.get(job.name);
    if (!handler) throw new Error(`Nobody handles the job ${job.name}`);
    await handler(job.data as never, signal ?? new AbortController().signal);
  }
}
