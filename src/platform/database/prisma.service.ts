import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import { Pool, type PoolClient, type QueryConfig } from 'pg';
import { settlesWithin } from '../async';
import { queryInPieces } from './query-in-pieces';
import { Prisma, PrismaClient } from './generated/client';
import { TransactionEvents } from './transaction-events';

const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const CHECK_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;

/** The database. Only repositories use it. */
@Injectable()
export class PrismaService extends PrismaClient implements OnApplicationShutdown {
  /** For statements that must be sent at once, which a Prisma client does not guarantee. */
  readonly connections: Pool;
  readonly transactionEvents = new TransactionEvents();

  /** @param program the `application_name` of the connections */
  constructor(url: string, program: string) {
    const connections = new Pool({
      connectionString: url,
      max: POOL_SIZE,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: program,
    });
    // The pool replaces a broken connection, and its query fails. Without a listener the event would end the process.
    connections.on('error', () => undefined);
    // The pool listens to idle connections only.
    connections.on('connect', (client) => client.on('error', () => undefined));
    super({ adapter: new PrismaPg(connections, { disposeExternalPool: true }) });
    this.connections = connections;
  }

  /** @throws when the database is unreachable or not migrated */
  async check(): Promise<void> {
    // Without Prisma, whose query compiler loads slowly at the first query. The timeout keeps a database that does not
    // answer from taking a connection for each check.
    await this.connections.query({
      text: 'SELECT FROM exports LIMIT 0',
      query_timeout: CHECK_TIMEOUT_MS,
    } as QueryConfig);
  }

  /**
   * Runs a transaction without Prisma, which would copy large values several times. Buffers are sent as they are, also for
   * `text` columns.
   */
  async transactionWithBytes<Result>(work: (transaction: StatementRunner) => Promise<Result>): Promise<Result> {
    const outcome = await this.withConnection(async (client) => {
      await client.query('BEGIN');
      try {
        const result = await work({
          $queryRaw: async <Rows>({ text, values }: Prisma.Sql) => (await queryInPieces(client, text, values)) as Rows,
        });
        await client.query('COMMIT');
        return { result };
      } catch (error) {
        await client.query('ROLLBACK');
        return { error };
      }
    });
    if ('error' in outcome) throw outcome.error;
    return outcome.result;
  }

  /** Lends a connection of the pool. After an error the connection is closed. */
  async withConnection<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.connections.connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  // The worker and the HTTP server write until they have ended, which is earlier.
  async onApplicationShutdown(): Promise<void> {
    await settlesWithin(CLOSE_TIMEOUT_MS, this.$disconnect());
  }
}

/** What runs statements inside a transaction: a Prisma client, or a plain connection. */
export interface StatementRunner {
  $queryRaw<Rows>(statement: Prisma.Sql): PromiseLike<Rows>;
}

/** A Prisma client inside a transaction. */
export type Transaction = Prisma.TransactionClient;

/** A value for a JSON column. Prisma would copy a plain object, and lose a key `__proto__`. */
export function jsonOf(value: object): Prisma.InputJsonValue {
  return { toJSON: () => value };
}
