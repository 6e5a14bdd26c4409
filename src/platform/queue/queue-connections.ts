import { Injectable } from '@nestjs/common';
import { type Processor, Queue, type QueueOptions, Worker, type WorkerOptions } from 'bullmq';
import { Config } from '../config/config';
import { createWaitingBackend } from './postgres-queue';

export const QUEUE_NAME = 'exports';

/** The tables of the queue live beside ours in a schema of their own. */
export const POSTGRES_SCHEMA = 'bullmq';
const POSTGRES_POOL_SIZE = 2;
const CONNECT_TIMEOUT_MS = 5_000;

/** A finished job leaves nothing: the record in the database tells all, and its id must be free for another run. */
const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true, attempts: 1 };

/**
 * Makes queues and workers on Redis where there is one, and on PostgreSQL otherwise. BullMQ's types name the backend; nothing
 * outside depends on which it is, hence the casts.
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
    // Fails at once while Redis is away, instead of holding up whoever creates an export.
    return new Queue(QUEUE_NAME, { ...options, connection: { url: redisUrl, enableOfflineQueue: false } });
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
