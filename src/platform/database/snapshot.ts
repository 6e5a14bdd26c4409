import { setTimeout as pause } from 'node:timers/promises';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { type CopyToStreamQuery, to as copyTo } from 'pg-copy-streams';
import { Sql, sql } from './sql';

/** A database's own defaults would change the text of almost every type. */
const PINNED_SETTINGS: Readonly<Record<string, string>> = {
  client_encoding: 'UTF8',
  datestyle: 'ISO, YMD',
  intervalstyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  xmlbinary: 'base64',
  xmloption: 'content',
  lc_monetary: 'C',
  quote_all_identifiers: 'off',
  standard_conforming_strings: 'on',
  // To compile the expression of a wide row takes longer than to render most tables: a minute for 200 columns.
  jit: 'off',
  // One export is one process's work, and its rows come in the order in which the table has them.
  max_parallel_workers_per_gather: '0',
  synchronize_seqscans: 'off',
  // Bounds of the database that are meant for small queries.
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
};

/** The time as text, since the session's own way of writing times is not pinned yet. */
const TAKE_SNAPSHOT = `SELECT pg_backend_pid() AS pid,
  to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at`;

/**
 * PostgreSQL's own functions come first, whatever path the database is set to: one of the platform's of the same name
 * would render rows otherwise, or not neutralise them. The rest of the path stays, for the operators of extensions and
 * for functions behind views.
 */
const SEARCH_PATH = sql`pg_catalog.set_config('search_path',
  pg_catalog.concat_ws(', ', 'pg_catalog', nullif(pg_catalog.current_setting('search_path'), '')), true)`;

/** A setting that PostgreSQL has from version 17 on. */
const NO_TRANSACTION_TIMEOUT = sql`(SELECT pg_catalog.set_config(name, '0', true)
  FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout')`;

const PROGRESS_INTERVAL_MS = 400;
const CANCEL_TIMEOUT_MS = 2_000;

/** How COPY hands over what was selected. */
export type CopyOptions = { readonly kind: 'line' } | { readonly kind: 'csv'; readonly delimiter: string };

export interface CopiedRows extends AsyncIterable<Buffer> {
  /** The count of PostgreSQL's own command tag; known once all has been read. */
  count(): number;
}

/**
 * One moment of the database, for as many queries as one likes, one after the other. It ends with its signal: what runs
 * in it then is cancelled in PostgreSQL too, and whoever waits for it hears the signal's reason.
 */
export class Snapshot {
  private closing: Promise<void> | undefined;
  /** Whether something runs whose answer has not all been read: such a connection serves nobody any more. */
  private isBusy = false;

  private constructor(
    private readonly client: PoolClient,
    private readonly controlPool: Pool,
    private readonly signal: AbortSignal,
    private readonly processId: number,
    /** ISO 8601, UTC. */
    readonly takenAt: string,
  ) {
    signal.addEventListener('abort', this.onAbort, { once: true });
    if (signal.aborted) this.onAbort();
  }

  static async begin(client: PoolClient, controlPool: Pool, signal: AbortSignal, timeZone: string): Promise<Snapshot> {
    try {
      const settings = Object.entries({ ...PINNED_SETTINGS, timezone: timeZone }).map(
        ([name, value]) => sql`pg_catalog.set_config(${Sql.literal(name)}, ${Sql.literal(value)}, true)`,
      );
      settings.push(SEARCH_PATH, NO_TRANSACTION_TIMEOUT);
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      // The first query is what takes the snapshot, so that it must be the one that tells the time.
      const { rows } = await client.query<{ pid: number; at: string }>(TAKE_SNAPSHOT);
      const [{ pid, at } = { pid: 0, at: new Date().toISOString() }] = rows;
      await client.query(sql`SELECT ${Sql.join(settings)}`.text);
      return new Snapshot(client, controlPool, signal, pid, at);
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  async query<Row extends QueryResultRow>(statement: Sql): Promise<Row[]> {
    this.signal.throwIfAborted();
    if (this.closing) throw new Error('The snapshot is closed');
    this.isBusy = true;
    try {
      return (await this.client.query<Row>(statement.text)).rows;
    } catch (error) {
      this.signal.throwIfAborted();
      throw error;
    } finally {
      this.isBusy = false;
    }
  }

  /** Reads a setting that a query of this transaction made; `null` when none did. */
  async setting(name: string): Promise<string | null> {
    const [row] = await this.query<{ value: string | null }>(
      sql`SELECT nullif(current_setting(${Sql.literal(name)}, true), '') AS value`,
    );
    return row?.value ?? null;
  }

  /**
   * Renders what a SELECT gives.
   * @param onProgress hears how many rows PostgreSQL has rendered, a few times a second
   */
  copy(select: Sql, options: CopyOptions, onProgress?: (rows: number) => void): CopiedRows {
    const statement = sql`COPY (${select}) TO STDOUT WITH (${copyOptions(options)})`;
    let count = 0;
    const chunks = this.runCopy(statement, onProgress, (rows) => {
      count = rows;
    });
    return { [Symbol.asyncIterator]: () => chunks, count: () => count };
  }

  /** Gives the connection back; one in the middle of something is ended. */
  close(): Promise<void> {
    this.closing ??= this.end(this.isBusy);
    return this.closing;
  }

  private async *runCopy(
    statement: Sql,
    onProgress: ((rows: number) => void) | undefined,
    onEnd: (rows: number) => void,
  ): AsyncGenerator<Buffer> {
    this.signal.throwIfAborted();
    const copy = copyTo(statement.text);
    const ended = waitForCompletion(copy);
    const watch = new AbortController();
    this.isBusy = true;
    try {
      this.client.query(copy);
      if (onProgress) void this.pollProgress(onProgress, watch.signal);
      yield* copy as AsyncIterable<Buffer>;
      await ended;
      this.isBusy = false;
      onEnd(copy.rowCount);
    } catch (error) {
      this.signal.throwIfAborted();
      throw error;
    } finally {
      watch.abort();
      if (this.isBusy) await this.close();
    }
  }

  private async pollProgress(onProgress: (rows: number) => void, over: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await pause(PROGRESS_INTERVAL_MS, undefined, { signal: over });
        const { rows } = await this.controlPool.query<{ rows: string }>(
          'SELECT tuples_processed AS rows FROM pg_stat_progress_copy WHERE pid = $1',
          [this.processId],
        );
        if (rows[0] && !over.aborted) onProgress(Number(rows[0].rows));
      }
    } catch {
      // The rows are read, or the database cannot be asked just now: progress is told again by the next relation.
    }
  }

  private readonly onAbort = (): void => {
    void this.close();
  };

  private async end(isBroken: boolean): Promise<void> {
    this.signal.removeEventListener('abort', this.onAbort);
    if (!isBroken) {
      const isCommitted = await this.client.query('COMMIT').then(
        () => true,
        () => false,
      );
      this.client.release(!isCommitted);
      return;
    }
    // The connection is still ours, so that its process can be nobody else's.
    const cancelled = this.controlPool.query('SELECT pg_cancel_backend($1)', [this.processId]).catch(() => undefined);
    await Promise.race([cancelled, pause(CANCEL_TIMEOUT_MS, undefined, { ref: false })]);
    this.client.release(true);
  }
}

/** Settles with the query, after its rows: only then its count is known, or that it failed in the end. */
function waitForCompletion(copy: CopyToStreamQuery): Promise<void> {
  const query = copy as CopyToStreamQuery & { handleReadyForQuery: () => void };
  const ended = new Promise<void>((resolve, reject) => {
    query.handleReadyForQuery = resolve;
    copy.once('error', reject);
    copy.once('close', () => {
      if (!copy.readableEnded) reject(new Error('The rows were not all read'));
    });
  });
  // Whoever reads the rows hears of the error first.
  ended.catch(() => undefined);
  return ended;
}

function copyOptions(options: CopyOptions): Sql {
  // Neither of the two characters is in what a line projection renders, so that nothing is ever quoted.
  if (options.kind === 'line') return sql`FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02'`;
  return sql`FORMAT csv, DELIMITER ${Sql.literal(options.delimiter)}`;
}
