import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { FlowProducer, Queue } from 'bullmq';
import { Gauge } from 'prom-client';
import { Health } from '../observability/health';
import { Metrics } from '../observability/metrics';
import { settlesWithin, within } from '../async';
import { RepeatedWarnings } from '../observability/repeated-warnings';
import { JOB_OPTIONS, QUEUE_NAME, QueueConnections } from './queue-connections';

/** A kind of work. The payload has ids only; the records are read when the work begins. */
export class JobType<Payload extends Readonly<Record<string, string>>> {
  declare readonly payload: Payload;

  constructor(readonly name: string) {}
}

export interface JobRequest<Payload> {
  /** A job is not added while a job with the same id waits or runs. */
  readonly id: string;
  readonly payload: Payload;
}

const ANSWER_TIMEOUT_MS = 2_000;
const CLOSE_TIMEOUT_MS = 2_000;

/** A repeated job that is late by this much is scheduled again. */
const OVERDUE_MS = 30_000;

@Injectable()
export class JobQueue implements OnApplicationShutdown {
  private readonly logger = new Logger(JobQueue.name);
  private readonly queue: Queue;
  private readonly warnings = new RepeatedWarnings(this.logger);
  private flows: FlowProducer | undefined;

  constructor(
    private readonly connections: QueueConnections,
    health: Health,
    metrics: Metrics,
  ) {
    this.queue = connections.queue();
    const { warnings } = this;
    this.queue.on('error', (error) => {
      warnings.report('The queue cannot be reached', error, { event: 'queue.unreachable' });
    });
    health.register('queue', () => this.queue.getJobCounts('waiting'));
    this.declareDepth(metrics);
  }

  /**
   * Adds jobs whose ids are not in the queue yet.
   * @throws Error when the queue does not answer within two seconds
   */
  async add<Payload extends Readonly<Record<string, string>>>(
    type: JobType<Payload>,
    ...jobs: readonly JobRequest<Payload>[]
  ): Promise<void> {
    const adding = this.queue.addBulk(
      jobs.map(({ id, payload }) => ({ name: type.name, data: payload, opts: { jobId: id } })),
    );
    await answered(adding);
  }

  /**
   * Adds a job unless a job waits already.
   * @throws Error when the queue does not answer within two seconds
   */
  async addUnlessWaiting<Payload extends Readonly<Record<string, string>>>(
    type: JobType<Payload>,
    job: JobRequest<Payload>,
  ): Promise<void> {
    if ((await answered(this.queue.getWaitingCount())) === 0) await this.add(type, job);
  }

  /**
   * Adds jobs and another one that runs when all of them have ended.
   * @throws Error when the queue does not answer within two seconds
   */
  async addFlow<Payload extends Readonly<Record<string, string>>, Last extends Readonly<Record<string, string>>>(
    type: JobType<Payload>,
    jobs: readonly JobRequest<Payload>[],
    lastType: JobType<Last>,
    last: JobRequest<Last>,
  ): Promise<void> {
    const toFlow = (name: string, { id, payload }: JobRequest<Payload | Last>) => {
      return { name, queueName: QUEUE_NAME, data: payload, opts: { ...JOB_OPTIONS, jobId: id } };
    };
    const children = jobs.map((job) => {
      const child = toFlow(type.name, job);
      // The last job runs also if one of the others fails.
      return { ...child, opts: { ...child.opts, ignoreDependencyOnFailure: true } };
    });
    await answered(this.flowProducer().add({ ...toFlow(lastType.name, last), children }));
  }

  /** Connects when the first jobs depend on each other, which are seldom. */
  private flowProducer(): FlowProducer {
    if (this.flows) return this.flows;
    const flows = (this.flows = this.connections.flows());
    flows.on('error', (error) => {
      this.warnings.report('The queue cannot be reached', error, { event: 'queue.unreachable' });
    });
    return flows;
  }

  /**
   * Schedules a job every `every` milliseconds, once for all processes.
   * @throws Error when the queue does not answer within two seconds
   */
  async repeat<Payload extends Readonly<Record<string, string>>>(
    type: JobType<Payload>,
    every: number,
    payload: Payload,
  ): Promise<void> {
    const known = await answered(this.queue.getJobScheduler(type.name));
    // A killed process may have taken the next job with it, which is then overdue.
    if (known?.every === every && (known.next ?? 0) > Date.now() - OVERDUE_MS) return;
    const upserting = this.queue.upsertJobScheduler(type.name, { every }, { name: type.name, data: payload });
    await answered(upserting);
  }

  async onApplicationShutdown(): Promise<void> {
    const queues = this.flows ? [this.queue, this.flows] : [this.queue];
    await settlesWithin(CLOSE_TIMEOUT_MS, Promise.all(queues.map((queue) => queue.close())));
    // A failed close leaves a client that reconnects forever.
    for (const queue of queues) queue.disconnect().catch(() => undefined);
  }

  private declareDepth(metrics: Metrics): void {
    const { queue } = this;
    new Gauge({
      name: 'queue_jobs',
      help: 'Jobs in the queue by state',
      labelNames: ['state'],
      registers: [metrics.registry],
      async collect() {
        // The last counts are not valid while the queue is unreachable.
        this.reset();
        const counts = await answered(queue.getJobCounts('waiting', 'active', 'delayed')).catch(() => ({}));
        for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
      },
    });
  }
}

function answered<Result>(work: Promise<Result>): Promise<Result> {
  return within(ANSWER_TIMEOUT_MS, work, () => new Error('The queue did not answer in time'));
}
