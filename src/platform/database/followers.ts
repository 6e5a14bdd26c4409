import { Logger } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { errorMessage } from '../async';
import { ReadConnection } from './read-connection';
import { ReaderSlots } from './reader-slots';
import { Sql, sql } from './sql';

/**
 * A follower that planned a query could wait for a lock on an index behind a command that waits for the leader. PostgreSQL
 * does not see that the leader waits for the follower, so this timeout resolves the deadlock.
 */
const LOCK_TIMEOUT = '5s';

/** With these, the only way to a range of a table is its pages. */
export const RANGE_SETTINGS: Readonly<Record<string, string>> = {
  enable_seqscan: 'off',
  enable_indexscan: 'off',
  enable_indexonlyscan: 'off',
  enable_bitmapscan: 'off',
  enable_tidscan: 'on',
};

/** A snapshot that other connections can read. */
export interface SharedSnapshot {
  readonly id: string;
  readonly server: string;
  readonly timeZone: string;
}

/** A connection that reads the snapshot of another one. */
export interface Follower {
  readonly connection: ReadConnection;
  /** From 1. */
  readonly slot: number;
}

/** Identifies the server: on another one, a snapshot of the same name can exist. */
const SERVER = sql`pg_catalog.concat_ws(' ', extract(epoch FROM pg_catalog.pg_postmaster_start_time()),
  pg_catalog.inet_server_addr(), pg_catalog.inet_server_port())`;

/** Selects a `SharedSnapshot` without its time zone. */
export const EXPORT_SNAPSHOT = sql`SELECT pg_catalog.pg_export_snapshot() AS id, ${SERVER} AS server`;

export const JOINED_SERVER = sql`SELECT ${SERVER} AS server, pg_catalog.pg_backend_pid() AS pid`;

/** The process that the client believes to talk to. Behind a pooler, another one may answer. */
export function processIdOf(client: PoolClient): number | null {
  return (client as PoolClient & { readonly processID: number | null }).processID;
}

/** Connections that help to read snapshots. A follower that cannot join means fewer connections, never a failure. */
export class Followers {
  private readonly logger = new Logger(Followers.name);
  private readonly reported = new Set<string>();

  /** @param parallelism how many connections may read the rows of all exports of the database at once */
  constructor(
    private readonly pool: Pool,
    private readonly controlPool: Pool,
    readonly parallelism: number,
  ) {}

  /**
   * Opens a connection that reads a snapshot of another one.
   * @param tables as SQL names, locked without waiting: a command that waits for the leader would be waited for
   * @param first a query that the follower could run, planned to take the locks of its indexes
   * @returns `null` if there is no free slot, connection or lock
   */
  async join(snapshot: SharedSnapshot, tables: readonly Sql[], first: Sql, slots: number): Promise<Follower | null> {
    let connection: ReadConnection | undefined;
    try {
      const client = await this.pool.connect();
      connection = new ReadConnection(client, this.controlPool, processIdOf(client) ?? 0);
      const id = Sql.literal(snapshot.id);
      await connection.query(sql`BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET TRANSACTION SNAPSHOT ${id}`);
      const [server] = await connection.query<{ server: string; pid: number; slot: number | null }>(
        sql`SELECT ${SERVER} AS server, pg_catalog.pg_backend_pid() AS pid, (${ReaderSlots.take(slots)}) AS slot`,
      );
      if (server?.server !== snapshot.server) this.report('another-server');
      else if (server.pid !== connection.processId) this.report('pooler');
      else if (server.slot !== null) {
        await connection.pinSettings(snapshot.timeZone, { ...RANGE_SETTINGS, lock_timeout: LOCK_TIMEOUT });
        const names = Sql.join(tables.map((table) => sql`ONLY ${table}`));
        await connection.query(sql`LOCK TABLE ${names} IN ACCESS SHARE MODE NOWAIT`);
        await connection.query(sql`EXPLAIN ${first}`);
        return { connection, slot: server.slot };
      }
    } catch (error) {
      this.report((error as { code?: string }).code ?? 'connection', error);
    }
    await connection?.close();
    return null;
  }

  /** Logs once why rows are read by fewer connections than allowed. */
  report(cause: string, error?: unknown): void {
    if (this.reported.has(cause)) return;
    this.reported.add(cause);
    this.logger.warn('Rows are read by fewer connections than allowed; exports take longer', {
      event: 'rows.not_split',
      cause,
      ...(error === undefined ? {} : { reason: errorMessage(error) }),
    });
  }
}
