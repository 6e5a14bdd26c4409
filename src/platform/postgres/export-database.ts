import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { Config } from '../config/config';
import { Snapshot } from './snapshot';
import { sql } from './sql';

const CONNECT_TIMEOUT_MS = 10_000;
/** A stream lasts as long as its reader likes: however many there are, the workers keep their own connections. */
const STREAMS_AT_ONCE = 8;
/** For what takes a moment, progress and cancelling among it: it must not wait behind the exports themselves. */
const GLANCES_AT_ONCE = 4;

export interface SnapshotOptions {
  /** In which the times with a zone are rendered, as IANA names it. */
  readonly timeZone: string;
  /** Whether it is read at the pace of whoever takes the answer, and not by a worker. */
  readonly isStreamed: boolean;
}

/** The database whose rows are exported: the service's own, or a replica of it. Only ever read. */
@Injectable()
export class ExportDatabase implements OnApplicationShutdown {
  private readonly workers: Pool;
  private readonly streams: Pool;
  private readonly glances: Pool;

  constructor({ database, exports, role }: Config) {
    const pool = (max: number) => {
      const made = new Pool({
        connectionString: database.exportUrl,
        max,
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        application_name: `export-service-${role}-reader`,
      });
      // A connection that breaks is replaced by the pool, and its query hears of it; unheard, the event would end the
      // process. The pool listens only to those that are idle.
      made.on('error', () => undefined);
      made.on('connect', (client) => client.on('error', () => undefined));
      return made;
    };
    this.workers = pool(exports.concurrency);
    this.streams = pool(STREAMS_AT_ONCE);
    this.glances = pool(GLANCES_AT_ONCE);
  }

  /**
   * Opens the database as it is now, for as long as the snapshot is held.
   * @param signal ends what runs in it, in the database too, and closes it
   */
  async open(signal: AbortSignal, { timeZone, isStreamed }: SnapshotOptions): Promise<Snapshot> {
    signal.throwIfAborted();
    const readers = isStreamed ? this.streams : this.workers;
    return Snapshot.begin(await readers.connect(), this.glances, signal, timeZone);
  }

  /** Runs what takes a moment, in one snapshot. Of a table that somebody has locked, it waits for a moment only. */
  async look<Result>(work: (snapshot: Snapshot) => Promise<Result>): Promise<Result> {
    const { signal } = new AbortController();
    const snapshot = await Snapshot.begin(await this.glances.connect(), this.glances, signal, 'UTC');
    try {
      await snapshot.query(sql`SET LOCAL lock_timeout = '3s'`);
      return await work(snapshot);
    } finally {
      await snapshot.close();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.workers.end(), this.streams.end(), this.glances.end()]);
  }
}
