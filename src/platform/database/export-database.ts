import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { Config } from '../config/config';
import { settlesWithin } from '../async';
import { Followers } from './followers';
import { ReadAhead } from './read-ahead';
import { openSlabSocket } from './slab-socket';
import { type ExportedSnapshot, type Reading, Snapshot } from './snapshot';
import { Sql, sql } from './sql';

const CONNECT_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;
const KEEP_ALIVE_DELAY_MS = 10_000;
const MAX_STREAM_CONNECTIONS = 8;
const MAX_PREVIEW_CONNECTIONS = 4;
/** For progress queries and cancellation. */
const MAX_CONTROL_CONNECTIONS = 2;
/**
 * Previews share few connections, so a long wait, for example for a locked table, must not block
 * the others.
 */
const PREVIEW_TIMEOUT_MS = 5_000;

/** The role has no right, or the database has no such function. */
const NOT_READABLE: ReadonlySet<unknown> = new Set(['42501', '42883']);

export interface SnapshotOptions {
  /** The IANA time zone of rendered times. */
  readonly timeZone: string;
  /** Whether a client reads the rows at its own pace, and not a worker. */
  readonly isStreamed: boolean;
}

/** The database whose rows are exported: the service's own, or a replica. Read-only. */
@Injectable()
export class ExportDatabase implements OnApplicationShutdown {
  /**
   * A pool per purpose, so that slow clients of streams do not use up the connections of files,
   * previews and control.
   */
  private readonly filePool: Pool;
  private readonly streamPool: Pool;
  private readonly previewPool: Pool;
  private readonly controlPool: Pool;
  private knownServerId: string | null | undefined;

  private readonly followerPool: Pool;
  /** A part is read beside the snapshot that its leader holds. */
  private readonly partPool: Pool;
  private readonly fileReading: Reading;
  private readonly streamReading: Reading;

  constructor({ database, exports, role }: Config, readAhead: ReadAhead = ReadAhead.create(exports.pace)) {
    const pool = (max: number) => {
      const created = new Pool({
        connectionString: database.exportUrl,
        max,
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        // Without keep-alive, an export would wait for hours for a machine that has vanished.
        stream: openSlabSocket,
        keepAlive: true,
        keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
        application_name: `export-service-${role}-reader`,
      });
      // An error event without a listener would end the process. The pool replaces a broken
      // connection, and its query rejects. The pool itself listens to idle connections only.
      created.on('error', () => undefined);
      created.on('connect', (client) => client.on('error', () => undefined));
      return created;
    };
    this.filePool = pool(exports.concurrency);
    this.streamPool = pool(MAX_STREAM_CONNECTIONS);
    this.previewPool = pool(MAX_PREVIEW_CONNECTIONS);
    this.controlPool = pool(MAX_CONTROL_CONNECTIONS);
    this.followerPool = pool(exports.parallelism);
    this.partPool = pool(exports.concurrency);
    const followers = new Followers(this.followerPool, this.controlPool, exports.parallelism);
    this.fileReading = { readAhead, followers, maxMinutes: exports.maxSnapshotMinutes };
    this.streamReading = { ...this.fileReading, followers: null };
  }

  /**
   * Opens a snapshot.
   * @param signal cancels the running query, in the database too, and closes the snapshot
   */
  async open(signal: AbortSignal, { timeZone, isStreamed }: SnapshotOptions): Promise<Snapshot> {
    signal.throwIfAborted();
    const client = await (isStreamed ? this.streamPool : this.filePool).connect();
    return Snapshot.begin(
      client,
      this.controlPool,
      signal,
      timeZone,
      isStreamed ? this.streamReading : this.fileReading,
    );
  }

  /**
   * Opens the snapshot of another process. It must be released before that one closes it.
   * @throws SnapshotNotJoinedError, or PostgreSQL's error
   */
  async join(signal: AbortSignal, exported: ExportedSnapshot): Promise<Snapshot> {
    signal.throwIfAborted();
    return Snapshot.join(await this.partPool.connect(), this.controlPool, signal, exported, this.streamReading);
  }

  /**
   * Runs short queries in one snapshot on a preview connection. A statement fails after
   * PREVIEW_TIMEOUT_MS.
   */
  async preview<Result>(work: (snapshot: Snapshot) => Promise<Result>, timeZone: string): Promise<Result> {
    const { signal } = new AbortController();
    const snapshot = await Snapshot.begin(await this.previewPool.connect(), this.controlPool, signal, timeZone);
    try {
      const timeout = Sql.literal(String(PREVIEW_TIMEOUT_MS));
      await snapshot.query(sql`SELECT pg_catalog.set_config('statement_timeout', ${timeout}, true)`);
      return await work(snapshot);
    } finally {
      await snapshot.close();
    }
  }

  /**
   * Identifies the PostgreSQL whose rows are read: its system identifier, which replicas share.
   * @returns `null` if the role may not read it
   */
  async serverId(): Promise<string | null> {
    if (this.knownServerId === undefined) this.knownServerId = await this.readServerId();
    return this.knownServerId;
  }

  private async readServerId(): Promise<string | null> {
    try {
      const { rows } = await this.controlPool.query<{ id: string }>(
        'SELECT system_identifier::text AS id FROM pg_catalog.pg_control_system()',
      );
      return rows[0]?.id ?? null;
    } catch (error) {
      if (NOT_READABLE.has((error as { code?: unknown }).code)) return null;
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    const pools = [
      this.filePool,
      this.streamPool,
      this.previewPool,
      this.controlPool,
      this.followerPool,
      this.partPool,
    ];
    await settlesWithin(CLOSE_TIMEOUT_MS, Promise.all(pools.map((pool) => pool.end())));
  }
}
