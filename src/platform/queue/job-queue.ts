import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { Gauge } from 'prom-client';
import { Health } from '../observability/health';
import { Metrics } from '../observability/metrics';
import { settlesWithin } from '../async';
import { RepeatedWarnings } from '../observability/repeated-warnings';
import { QueueConnections } from './queue-connections';

/** A kind of work. Its payload holds ids and nothing else: what they stand for is read when the work begins. */
export class JobType<Payload extends Readonly<Record<string, string>>> {
  declare readonly payload: Payload;

  constructor(readonly name: string) {}
}

export interface JobRequest<Payload> {
  /** A second job with the id of one that waits or runs is not added. */
  readonly id: string;
  readonly payload: Payload;
}

const ADD_TIMEOUT_MS = 2_000;
const CLOSE_TIMEOUT_MS = 2_000;

/** What recurs is taken up again when it is late by so much. */
const OVERDUE_MS = 30_000;

@Injectable()
export class JobQueue implements OnApplicationShutdown {
  private readonly logger = new Logger(JobQueue.name);
  private readonly queue: Queue;

  constructor(connections: QueueConnections, health: Health, metrics: Metrics) {
    this.queue = connections.queue();
    const warnings = new RepeatedWarnings(this.logger);
    this.queue.on('error', (error) => {
      warnings.report('The queue cannot be reached', error);
    });
    health.register('queue', () => this.queue.getJobCounts('waiting'));
    this.declareDepth(metrics);
  }

  /**
   * Adds jobs; those whose id is there already are left as they are.
   * @throws when the queue does not take them within two seconds
   */
  async add<Payload extends Readonly<Record<string, string>>>(
    type: JobType<Payload>,
    ...jobs: readonly JobRequest<Payload>[]
  ): Promise<void> {
    const adding = this.queue.addBulk(
      jobs.map(({ id, payload }) => ({ name: type.name, data: payload, opts: { jobId: id } })),
    );
    await within(ADD_TIMEOUT_MS, adding);
  }

  /**
   * Adds a job unless any job waits.
   * @throws when the queue does not answer within two seconds
   */
  async addUnlessWaiting<Payload extends Readonly<Record<string, string>>>(
    type: JobType<Payload>,
    job: JobRequest<Payload>,
  ): Promise<void> {
    if ((await within(ADD_TIMEOUT_MS, this.queue.getWaitingCount())) === 0) await this.add(type, job);
  }

  /**
   * Has a job of this type added every so many milliseconds, once for all processes that ask for it.
   * @throws when the queue does not take it within two seconds
   */
  async repeat<Payload extends Readonly<Record<string, string>>>(
    type: JobType<Payload>,
    every: number,
    payload: Payload,
  ): Promise<void> {
    const known = await within(ADD_TIMEOUT_MS, this.queue.getJobScheduler(type.name));
    // A process that was killed may have taken the next job with it; then it is long overdue.
    if (known?.every === every && (known.next ?? 0) > Date.now() - OVERDUE_MS) return;
    const upserting = this.queue.upsertJobScheduler(type.name, { every }, { name: type.name, data: payload });
    await within(ADD_TIMEOUT_MS, upserting);
  }

  async onApplicationShutdown(): Promise<void> {
    await settlesWithin(CLOSE_TIMEOUT_MS, this.queue.close());
    // A close that fails leaves a client that connects again for ever.
    this.queue.disconnect().catch(() => undefined);
  }

  private declareDepth(metrics: Metrics): void {
    const { queue } = this;
    new Gauge({
      name: 'queue_jobs',
      help: 'Jobs in the queue by state',
      labelNames: ['state'],
      registers: [metrics.registry],
      async collect() {
        // What was known last says nothing about a queue that is away.
        this.reset();
        const counts = await within(ADD_TIMEOUT_MS, queue.getJobCounts('waiting', 'active', 'delayed')).catch(
          () => ({}),
        );
        for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
      },
    });
  }
}

async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('The queue did not answer in time'));
    }, milliseconds);
  });
  return Promise.race([work, timeout]).finally(() => {
    clearTimeout(timer);
  });
}
