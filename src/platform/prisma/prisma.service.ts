import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import { Pool } from 'pg';
import { Prisma, PrismaClient } from './generated/client';

const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 5_000;

/** The database. Only repositories use it. */
@Injectable()
export class PrismaService extends PrismaClient implements OnApplicationShutdown {
  /** For the rare statement that must go out in this very moment, which a Prisma client does not promise. */
  readonly connections: Pool;

  /** @param program as PostgreSQL names it to whoever looks who is connected */
  constructor(url: string, program: string) {
    const connections = new Pool({
      connectionString: url,
      max: POOL_SIZE,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: program,
    });
    // A connection that breaks is replaced by the pool, and its query hears of it; unheard, the event would end the process.
    connections.on('error', () => undefined);
    super({ adapter: new PrismaPg(connections, { disposeExternalPool: true }) });
    this.connections = connections;
  }

  /** @throws when the database is out of reach, or lacks our tables */
  async check(): Promise<void> {
    // Not by Prisma: its query compiler takes long to load, and is loaded by the first query that needs it.
    await this.connections.query('SELECT FROM exports LIMIT 0');
  }

  // After the worker and the HTTP server have ended, which both write to the last moment.
  async onApplicationShutdown(): Promise<void> {
    await this.$disconnect();
  }
}

/** A Prisma client inside a transaction. */
export type Transaction = Prisma.TransactionClient;
