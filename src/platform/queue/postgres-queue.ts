import { Logger } from '@nestjs/common';
import {
  assertSchemaCompatibility,
  type BackendFactory,
  LATEST_SCHEMA_VERSION,
  PostgresConnection,
  type PostgresConnectionOptions,
  type PostgresPoolConfig,
  PostgresQueueBackend,
  runMigrations,
  SchemaMigrationRequiredError,
} from 'bullmq';
import { pause } from '../async';

const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 1_000;

/**
 * A connection of BullMQ that waits for its database. BullMQ itself keeps the outcome of the first attempt forever, and
 * leaves the client of that attempt without an error listener (docs/adr/0036-the-queue-waits-for-its-database.md).
 */
class WaitingConnection extends PostgresConnection {
  private readonly logger = new Logger('PostgresQueue');
  private readonly closed = new AbortController();
  private ready: Promise<void> | undefined;

  constructor(options: PostgresPoolConfig) {
    super(options);
    // The pool replaces a broken client, and its query fails. Without a listener the event would end the process.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /**
   * Resolves when the database answers and has the tables of the queue, however long that takes.
   * @throws Error when the connection is closed first
   */
  override waitUntilReady(): Promise<void> {
    this.ready ??= this.untilReady();
    return this.ready;
  }

  /** Lets a worker close while its database is unreachable. */
  stopWaiting(): void {
    this.closed.abort(new Error('The queue is closed'));
  }

  override close(): Promise<void> {
    this.stopWaiting();
    return super.close();
  }

  private async untilReady(): Promise<void> {
    const { signal } = this.closed;
    for (let failures = 0; ; failures += 1) {
      signal.throwIfAborted();
      try {
        await this.migrate();
        break;
      } catch (error) {
        if (failures === 0)
          this.logger.warn('The queue waits for its database', { event: 'queue.waiting', reason: String(error) });
        await pause(retryPause(failures), signal);
      }
    }
    this.emit('ready');
  }

  private async migrate(): Promise<void> {
    const client = await this.pool.connect();
    let isBroken = true;
    try {
      // Only the owner of the schema can run migrations, even when there are none to apply.
      if ((await schemaVersion(client, this.schema)) < LATEST_SCHEMA_VERSION) await runMigrations(client, this.schema);
      isBroken = false;
    } finally {
      client.release(isBroken);
    }
  }
}

/**
 * Adds exponential backoff. After any failure but ECONNREFUSED, BullMQ's worker would poll again at once or after 100 ms,
 * and keep PostgreSQL busy while it starts or refuses connections.
 */
class WaitingBackend extends PostgresQueueBackend {
  private readonly interrupted = new AbortController();
  private failures = 0;

  constructor(
    private readonly waiting: WaitingConnection,
    ...rest: Tail<ConstructorParameters<typeof PostgresQueueBackend>>
  ) {
    super(waiting, ...rest);
  }

  override moveToActive(...query: Parameters<PostgresQueueBackend['moveToActive']>): Promise<unknown[]> {
    return this.withBackoff(() => super.moveToActive(...query));
  }

  override waitForJob(blockTimeout: number): ReturnType<PostgresQueueBackend['waitForJob']> {
    return this.withBackoff(() => super.waitForJob(blockTimeout));
  }

  /** BullMQ calls this first when a worker closes, and then waits for its loop to end. */
  override async disconnectBlocking(wait?: boolean): Promise<void> {
    this.interrupted.abort();
    this.waiting.stopWaiting();
    await super.disconnectBlocking(wait);
  }

  private async withBackoff<Result>(query: () => Promise<Result>): Promise<Result> {
    try {
      const result = await query();
      this.failures = 0;
      return result;
    } catch (error) {
      await pause(retryPause(this.failures++), this.interrupted.signal).catch(() => undefined);
      throw error;
    }
  }
}

type Tail<List extends unknown[]> = List extends [unknown, ...infer Rest] ? Rest : never;

/** Makes the backend of a queue or worker on PostgreSQL. */
export const createWaitingBackend: BackendFactory<PostgresQueueBackend, PostgresConnectionOptions> = (
  name,
  options,
  { withBlockingConnection = false } = {},
) => {
  const connection = new WaitingConnection(options.connection as PostgresPoolConfig);
  return new WaitingBackend(connection, name, options, true, withBlockingConnection ? name : undefined);
};

/** @returns 0 when the schema has no tables yet */
async function schemaVersion(client: Parameters<typeof runMigrations>[0], schema: string): Promise<number> {
  try {
    return await assertSchemaCompatibility(client, schema);
  } catch (error) {
    if (error instanceof SchemaMigrationRequiredError) return 0;
    throw error;
  }
}

function retryPause(failures: number): number {
  return Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** failures);
}
