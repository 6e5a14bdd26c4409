import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { Config } from '../config/config';
import { settlesWithin } from '../async';
import { Snapshot } from './snapshot';
import { Sql, sql } from './sql';

const CONNECT_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;
const KEEP_ALIVE_DELAY_MS = 10_000;
const MAX_STREAM_CONNECTIONS = 8;
const MAX_PREVIEW_CONNECTIONS = 4;
/** Progress and cancelling. */
const MAX_CONTROL_CONNECTIONS = 2;
/** What takes longer than a moment, such as waiting for a table that is being altered, would hold up everybody else. */
const PREVIEW_TIMEOUT_MS = 5_000;

export interface SnapshotOptions {
  /** In which the times with a zone are rendered, as IANA names it. */
  readonly timeZone: string;
  /** Whether it is read at the pace of whoever takes the answer, and not by a worker. */
  readonly isStreamed: boolean;
}

/** The database whose rows are exported: the service's own, or a replica of it. Only ever read. */
@Injectable()
export class ExportDatabase implements OnApplicationShutdown {
  /** One for each purpose, so that none takes the connections of another: whoever streams reads as slowly as they like. */
  private readonly filePool: Pool;
  private readonly streamPool: Pool;
  private readonly previewPool: Pool;
  private readonly controlPool: Pool;

  constructor({ database, exports, role }: Config) {
    const pool = (max: number) => {
      const made = new Pool({
        connectionString: database.exportUrl,
        max,
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        // A machine that vanished answers nothing: without these, an export would wait for it for hours.
        keepAlive: true,
        keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
        application_name: `export-service-${role}-reader`,
      });
      // A connection that breaks is replaced by the pool, and its query hears of it; unheard, the event would end the
      // process. The pool listens only to those that are idle.
      made.on('error', () => undefined);
      made.on('connect', (client) => client.on('error', () => undefined));
      return made;
    };
    this.filePool = pool(exports.concurrency);
    this.streamPool = pool(MAX_STREAM_CONNECTIONS);
    this.previewPool = pool(MAX_PREVIEW_CONNECTIONS);
    this.controlPool = pool(MAX_CONTROL_CONNECTIONS);
  }

  /**
   * Opens the database as it is now, for as long as the snapshot is held.
   * @param signal ends what runs in it, in the database too, and closes it
   */
  async open(signal: AbortSignal, { timeZone, isStreamed }: SnapshotOptions): Promise<Snapshot> {
    signal.throwIfAborted();
    const client = await (isStreamed ? this.streamPool : this.filePool).connect();
    return Snapshot.begin(client, this.controlPool, signal, timeZone);
  }

  /** Runs what takes a moment, in one snapshot. Of a table that somebody has locked, it waits for a moment only. */
  async preview<Result>(work: (snapshot: Snapshot) => Promise<Result>, timeZone: string): Promise<Result> {
    const { signal } = new AbortController();
    const snapshot = await Snapshot.begin(await this.previewPool.connect(), this.controlPool, signal, timeZone);
    try {
      const bound = Sql.literal(String(PREVIEW_TIMEOUT_MS));
      await snapshot.query(sql`SELECT pg_catalog.set_config('statement_timeout', ${bound}, true)`);
      return await work(snapshot);
    } finally {
      await snapshot.close();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    const pools = [this.filePool, this.streamPool, this.previewPool, this.controlPool];
    await settlesWithin(CLOSE_TIMEOUT_MS, Promise.all(pools.map((pool) => pool.end())));
  }
}
