import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from './generated/client';

const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 5_000;

/** The database. Only repositories use it. */
@Injectable()
export class PrismaService extends PrismaClient implements OnApplicationShutdown {
  /** @param program as PostgreSQL names it to whoever looks who is connected */
  constructor(url: string, program: string) {
    super({
      adapter: new PrismaPg({
        connectionString: url,
        max: POOL_SIZE,
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        application_name: program,
      }),
    });
  }

  /** @throws when the database is out of reach, or lacks our tables */
  async check(): Promise<void> {
    await this.$queryRaw(Prisma.sql`SELECT 1 FROM exports LIMIT 0`);
  }

  // After the worker and the HTTP server have ended, which both write to the last moment.
  async onApplicationShutdown(): Promise<void> {
    await this.$disconnect();
  }
}

/** A Prisma client inside a transaction. */
export type Transaction = Prisma.TransactionClient;
