import { Injectable } from '@nestjs/common';
import { FlowProducer, type Processor, Queue, type QueueOptions, Worker, type WorkerOptions } from 'bullmq';
import { Config } from '../config/config';
import { createWaitingBackend } from './postgres-queue';

export const QUEUE_NAME = 'exports';

/** The schema of the queue's tables. */
export const POSTGRES_SCHEMA = 'bullmq';
const POSTGRES_POOL_SIZE = 2;
const CONNECT_TIMEOUT_MS = 5_000;

/** Finished jobs are removed: the record has the outcome, and the job id must be free for another run. */
export const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true, attempts: 1 };

/**
 * Creates queues and workers on Redis if it is configured, and on PostgreSQL otherwise. The casts hide the backend, which
 * BullMQ's types name, from the rest of the service.
 */
@Injectable()
export class QueueConnections {
  constructor(private readonly config: Config) {}

  queue(): Queue {
    const options = { defaultJobOptions: JOB_OPTIONS } satisfies Partial<QueueOptions>;
    const { redisUrl } = this.config.queue;
    if (redisUrl === undefined)
      return new Queue(
        QUEUE_NAME,
        { ...options, connection: this.postgres() },
        createWaitingBackend,
      ) as unknown as Queue;
    // Fails fast while Redis is unreachable, so that requests do not wait for it.
    return new Queue(QUEUE_NAME, { ...options, connection: { url: redisUrl, enableOfflineQueue: false } });
  }

  /** Adds jobs that depend on each other. */
  flows(): FlowProducer {
    const { redisUrl } = this.config.queue;
    if (redisUrl === undefined) {
      return new FlowProducer({ connection: this.postgres() }, createWaitingBackend) as unknown as FlowProducer;
    }
    return new FlowProducer({ connection: { url: redisUrl, enableOfflineQueue: false } });
  }

  worker(process: Processor, options: Omit<WorkerOptions, 'connection'>): Worker {
    const { redisUrl } = this.config.queue;
    if (redisUrl === undefined)
      return new Worker(
        QUEUE_NAME,
        process,
        { ...options, connection: this.postgres() },
        createWaitingBackend,
      ) as unknown as Worker;
    return new Worker(QUEUE_NAME, process, { ...options, connection: { url: redisUrl, maxRetriesPerRequest: null } });
  }

  private postgres() {
    return {
      connectionString: this.config.database.url,
      schema: POSTGRES_SCHEMA,
      max: POSTGRES_POOL_SIZE,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    };
  }
}
