import { setTimeout as pause } from 'node:timers/promises';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { DomainError } from '../errors/domain-error';
import {
  EXPORT_SNAPSHOT,
  JOINED_SERVER,
  type Followers,
  processIdOf,
  RANGE_SETTINGS,
  type SharedSnapshot,
} from './followers';
import { Pace } from './pace';
import { ReadAhead } from './read-ahead';
import { ReadConnection } from './read-connection';
import { ReaderSlots } from './reader-slots';
import { SplitCopy, type SplitQuery } from './split-copy';
import { Sql, sql } from './sql';

/** Returns the time as text, because the session's date format is not set yet. */
const TAKE_SNAPSHOT = `SELECT pg_backend_pid() AS pid, current_setting('server_version_num')::int AS version,
  to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at`;

/** The first version that finds the rows of a range of pages without reading the pages before it. */
const VERSION_WITH_RANGES = 140_000;

const PROGRESS_INTERVAL_MS = 400;

/** The output format of COPY. */
export type CopyOptions =
  { readonly kind: 'line' } | { readonly kind: 'csv'; readonly delimiter: string } | { readonly kind: 'text' };

/** How the rows of a COPY are used, and what to learn beside them. */
export interface CopyUse {
  /** Receives the number of rendered rows, a few times a second. */
  readonly onProgress?: ((rows: number) => void) | undefined;
  /** A setting of the transaction in which the query leaves something. */
  readonly setting?: string | undefined;
  /** Whether a chunk is valid only until the next one is taken. */
  readonly lendsChunks?: boolean | undefined;
}

export interface CopiedRows extends AsyncIterable<Buffer> {
  /** The row count of PostgreSQL's command tags, known after the last chunk. */
  count(): number;
  /** The values of the observed setting, one for each connection that has one; known after the last chunk. */
  settings(): readonly string[];
}

/** How rows were read. */
export interface ReadSummary {
  /** The most connections at once. */
  readonly connections: number;
  /** How many COPY statements. */
  readonly ranges: number;
}

/** How the rows of a snapshot are read. */
export interface Reading {
  readonly readAhead: ReadAhead;
  /** `null` if one connection is to read all rows. */
  readonly followers: Followers | null;
  /** How old the snapshot may become. */
  readonly maxMinutes: number;
}

const ALONE: Reading = { readAhead: new ReadAhead(0, new Pace(null)), followers: null, maxMinutes: Infinity };

interface Beginning {
  readonly processId: number;
  readonly takenAt: string;
  readonly timeZone: string;
  readonly canShare: boolean;
  readonly canSplit: boolean;
}

/** A snapshot that other processes can read while it is open. */
export interface ExportedSnapshot extends SharedSnapshot {
  /** ISO 8601, UTC. */
  readonly takenAt: string;
}

/** This process cannot read the snapshot of another one. */
export class SnapshotNotJoinedError extends Error {
  override readonly name = 'SnapshotNotJoinedError';
}

/** Who waits for a lock behind a command that waits for the leader would wait for ever: PostgreSQL does not see that. */
const JOINED_LOCK_TIMEOUT = '5s';

/**
 * A REPEATABLE READ transaction for any number of sequential queries. When the signal aborts, the
 * snapshot closes: the running query is cancelled in PostgreSQL, too, and rejects with the reason
 * of the signal.
 */
export class Snapshot {
  private readonly connection: ReadConnection;
  private closing: Promise<void> | undefined;
  private expired: DomainError | undefined;
  private readonly expiry: NodeJS.Timeout | undefined;
  private shared: SharedSnapshot | undefined;
  private split: SplitCopy | undefined;
  private summary: ReadSummary = { connections: 0, ranges: 0 };

  private constructor(
    client: PoolClient,
    private readonly controlPool: Pool,
    private readonly signal: AbortSignal,
    private readonly beginning: Beginning,
    private readonly reading: Reading,
  ) {
    this.connection = new ReadConnection(client, controlPool, beginning.processId);
    signal.addEventListener('abort', this.onAbort, { once: true });
    if (signal.aborted) this.onAbort();
    const { maxMinutes } = reading;
    if (maxMinutes !== Infinity) this.expiry = setTimeout(this.onExpiry, maxMinutes * 60_000).unref();
  }

  static async begin(
    client: PoolClient,
    controlPool: Pool,
    signal: AbortSignal,
    timeZone: string,
    reading: Reading = ALONE,
  ): Promise<Snapshot> {
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      // The first query takes the snapshot, so it must be the one that returns the time.
      const { rows } = await client.query<{ pid: number; version: number; at: string }>(TAKE_SNAPSHOT);
      const [{ pid, version, at } = { pid: 0, version: 0, at: new Date().toISOString() }] = rows;
      await new ReadConnection(client, controlPool, pid).pinSettings(timeZone);
      const { followers } = reading;
      if (followers) await client.query(sql`SELECT ${ReaderSlots.lead}`.text);
      const obstacle = version < VERSION_WITH_RANGES ? 'version' : processIdOf(client) !== pid ? 'pooler' : null;
      if (followers && obstacle) followers.report(obstacle);
      const canShare = followers !== null && obstacle === null;
      const canSplit = canShare && followers.parallelism > 1;
      const beginning = { processId: pid, takenAt: at, timeZone, canShare, canSplit };
      return new Snapshot(client, controlPool, signal, beginning, reading);
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /**
   * Begins a transaction that reads the snapshot of another one, until that one ends.
   * @throws SnapshotNotJoinedError on another server, or behind a pooler; PostgreSQL's error when the other transaction has ended
   */
  static async join(
    client: PoolClient,
    controlPool: Pool,
    signal: AbortSignal,
    { id, server, timeZone, takenAt }: ExportedSnapshot,
    reading: Reading,
  ): Promise<Snapshot> {
    try {
      await client.query(
        sql`BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET TRANSACTION SNAPSHOT ${Sql.literal(id)}`.text,
      );
      const { rows } = await client.query<{ server: string; pid: number }>(JOINED_SERVER.text);
      const [{ server: joined, pid } = { server: '', pid: 0 }] = rows;
      if (joined !== server) throw new SnapshotNotJoinedError('The connection leads to another server');
      if (processIdOf(client) !== pid)
        throw new SnapshotNotJoinedError('A pooler is between this process and the server');
      await new ReadConnection(client, controlPool, pid).pinSettings(timeZone, { lock_timeout: JOINED_LOCK_TIMEOUT });
      const beginning = { processId: pid, takenAt, timeZone, canShare: false, canSplit: false };
      return new Snapshot(client, controlPool, signal, beginning, reading);
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** Lets other connections, also of other processes, read this snapshot until it is closed. */
  async export(): Promise<ExportedSnapshot> {
    return { ...(await this.share()), takenAt: this.takenAt };
  }

  /** Whether other connections can read it. */
  get canShare(): boolean {
    return this.beginning.canShare;
  }

  /** ISO 8601, UTC. */
  get takenAt(): string {
    return this.beginning.takenAt;
  }

  /** Whether several connections may read one query. */
  get canSplit(): boolean {
    return this.beginning.canSplit;
  }

  /** How the rows so far were read. */
  get read(): ReadSummary {
    return this.summary;
  }

  async query<Row extends QueryResultRow>(statement: Sql): Promise<Row[]> {
    this.throwIfEnded();
    try {
      return await this.connection.query<Row>(statement);
    } catch (error) {
      this.throwIfEnded();
      throw error;
    }
  }

  /** Reads a setting that a query of this transaction set, or `null`. */
  async setting(name: string): Promise<string | null> {
    const [row] = await this.query<{ value: string | null }>(
      sql`SELECT nullif(current_setting(${Sql.literal(name)}, true), '') AS value`,
    );
    return row?.value ?? null;
  }

  /** Runs queries with the settings under which ranges of pages are read. */
  async withRangeSettings<Result>(work: () => Promise<Result>): Promise<Result> {
    const previous = await this.applySettings(RANGE_SETTINGS);
    const result = await work();
    await this.applySettings(previous);
    return result;
  }

  /** From now on, ranges of pages are read by their pages. */
  async useRangeSettings(): Promise<void> {
    await this.applySettings(RANGE_SETTINGS);
  }

  /** Renders the rows of a SELECT with COPY. */
  copy(select: Sql, options: CopyOptions, use: CopyUse = {}): CopiedRows {
    let count = 0;
    const settings: string[] = [];
    const chunks = this.copyAlone(toCopy(select, options), use, (rows, setting) => {
      count = rows;
      if (setting !== null) settings.push(setting);
    });
    return { [Symbol.asyncIterator]: () => chunks, count: () => count, settings: () => settings };
  }

  /** Renders the rows of a split query as those of one, with the help of other connections. */
  copySplit(query: SplitQuery, options: CopyOptions, use: CopyUse = {}): CopiedRows {
    const { followers, readAhead } = this.reading;
    if (!followers || !this.canSplit) throw new Error('The snapshot cannot be shared');
    let split: SplitCopy | undefined;
    const read = async function* (this: Snapshot): AsyncGenerator<Buffer> {
      const previous = await this.applySettings(RANGE_SETTINGS);
      split = this.split = new SplitCopy(query, {
        leader: this.connection,
        followers,
        readAhead,
        snapshot: await this.share(),
        toCopy: (select) => toCopy(select, options),
        setting: use.setting,
        lendsChunks: use.lendsChunks,
        closeSnapshot: () => this.close(),
      });
      yield* this.observed(split.read(), use, () => split?.progress ?? { rows: 0, processIds: [] });
      this.note(split.mostConnections, query.count);
      await this.applySettings(previous);
    };
    const chunks = read.call(this);
    return {
      [Symbol.asyncIterator]: () => chunks,
      count: () => split?.progress.rows ?? 0,
      settings: () => split?.settings ?? [],
    };
  }

  /** Releases the connection, or destroys it while a query is running. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async *copyAlone(
    statement: Sql,
    use: CopyUse,
    onEnd: (rows: number, setting: string | null) => void,
  ): AsyncGenerator<Buffer> {
    this.throwIfEnded();
    const rows = this.connection.copy(statement, this.reading.readAhead.inTurn(), use.lendsChunks);
    yield* this.observed(rows, use, () => ({ rows: 0, processIds: [this.connection.processId] }));
    await rows.completion;
    this.note(1, 1);
    onEnd(rows.count(), use.setting === undefined ? null : await this.setting(use.setting));
  }

  /** Passes rows on. Reports progress; closes the snapshot if not all rows are read; tells why it was closed. */
  private async *observed(
    rows: AsyncIterable<Buffer>,
    { onProgress }: CopyUse,
    progress: () => SplitCopy['progress'],
  ): AsyncGenerator<Buffer> {
    const polling = new AbortController();
    let isComplete = false;
    try {
      if (onProgress) void this.pollProgress(onProgress, progress, polling.signal);
      yield* rows;
      isComplete = true;
    } catch (error) {
      this.throwIfEnded();
      throw error;
    } finally {
      polling.abort();
      if (!isComplete) await this.close();
    }
  }

  private async pollProgress(
    onProgress: (rows: number) => void,
    progress: () => SplitCopy['progress'],
    stopped: AbortSignal,
  ): Promise<void> {
    let reported = 0;
    try {
      for (;;) {
        await pause(PROGRESS_INTERVAL_MS, undefined, { signal: stopped });
        const { rows: finished, processIds } = progress();
        const { rows } = await this.controlPool.query<{ rows: string }>(
          'SELECT coalesce(sum(tuples_processed), 0) AS rows FROM pg_stat_progress_copy WHERE pid = ANY ($1)',
          [processIds],
        );
        if (stopped.aborted) return;
        // A range that ends in between is in neither number.
        reported = Math.max(reported, finished + Number(rows[0]?.rows));
        onProgress(reported);
      }
    } catch {
      // The rows are read, or the query failed. The next relation reports progress again.
    }
  }

  private async share(): Promise<SharedSnapshot> {
    if (this.shared) return this.shared;
    const [exported] = await this.query<{ id: string; server: string }>(EXPORT_SNAPSHOT);
    if (!exported) throw new Error('PostgreSQL exported no snapshot');
    this.shared = { ...exported, timeZone: this.beginning.timeZone };
    return this.shared;
  }

  /** @returns the values before */
  private async applySettings(settings: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const values = Object.entries(settings).map(([name, value]) => sql`(${Sql.literal(name)}, ${Sql.literal(value)})`);
    const rows = await this.query<{ name: string; previous: string }>(sql`
      SELECT name, pg_catalog.current_setting(name) AS previous, pg_catalog.set_config(name, value, true)
      FROM (VALUES ${Sql.join(values)}) AS wanted (name, value)`);
    return Object.fromEntries(rows.map(({ name, previous }) => [name, previous]));
  }

  private note(connections: number, ranges: number): void {
    const before = this.summary;
    this.summary = {
      connections: Math.max(before.connections, connections),
      ranges: before.ranges + ranges,
    };
  }

  private throwIfEnded(): void {
    if (this.expired) throw this.expired;
    this.signal.throwIfAborted();
  }

  private readonly onAbort = (): void => {
    void this.close();
  };

  private readonly onExpiry = (): void => {
    const minutes = this.reading.maxMinutes;
    this.expired = new DomainError(
      'conflict',
      'snapshot-too-old',
      `The export took longer than ${minutes} minutes, for which the database may be held. Request fewer rows at once`,
    );
    void this.close();
  };

  private async end(): Promise<void> {
    clearTimeout(this.expiry);
    this.signal.removeEventListener('abort', this.onAbort);
    const closed = this.connection.close();
    this.split?.fail(new Error('The snapshot is closed'));
    await closed;
  }
}

function toCopy(select: Sql, options: CopyOptions): Sql {
  return sql`COPY (${select}) TO STDOUT WITH (${copyOptions(options)})`;
}

function copyOptions(options: CopyOptions): Sql {
  // The cheapest format: PostgreSQL sends a single text as it is, without looking at its characters.
  if (options.kind === 'line') return sql`FORMAT binary`;
  if (options.kind === 'text') return sql`FORMAT text`;
  return sql`FORMAT csv, DELIMITER ${Sql.literal(options.delimiter)}`;
}
