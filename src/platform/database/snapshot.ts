import { setTimeout as pause } from 'node:timers/promises';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { type CopyToStreamQuery, to as copyTo } from 'pg-copy-streams';
import { Sql, sql } from './sql';

/** The defaults of a database would change the text of almost every type. */
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
  // Compiling the expressions of a wide row takes longer than rendering most tables: a minute for
  // 200 columns.
  jit: 'off',
  // One process reads an export, in the physical order of the table.
  max_parallel_workers_per_gather: '0',
  synchronize_seqscans: 'off',
  // Timeouts are meant for small queries.
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
};

/** Returns the time as text, because the session's date format is not set yet. */
const TAKE_SNAPSHOT = `SELECT pg_backend_pid() AS pid,
  to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at`;

/**
 * Puts pg_catalog first: a function of the platform with the name of a built-in one could render
 * rows differently or not neutralise formulas. The rest of the path stays, for operators of
 * extensions and functions in views.
 */
const SEARCH_PATH = sql`pg_catalog.set_config('search_path',
  pg_catalog.concat_ws(', ', 'pg_catalog', nullif(pg_catalog.current_setting('search_path'), '')), true)`;

/** PostgreSQL 17 and newer have this setting. */
const NO_TRANSACTION_TIMEOUT = sql`(SELECT pg_catalog.set_config(name, '0', true)
  FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout')`;

const PROGRESS_INTERVAL_MS = 400;
const CANCEL_TIMEOUT_MS = 2_000;

/** The output format of COPY. */
export type CopyOptions =
  { readonly kind: 'line' } | { readonly kind: 'csv'; readonly delimiter: string } | { readonly kind: 'text' };

export interface CopiedRows extends AsyncIterable<Buffer> {
  /** The row count of PostgreSQL's command tag, known after the last chunk. */
  count(): number;
}

/**
 * A REPEATABLE READ transaction for any number of sequential queries. When the signal aborts, the
 * snapshot closes: the running query is cancelled in PostgreSQL, too, and rejects with the reason
 * of the signal.
 */
export class Snapshot {
  private closing: Promise<void> | undefined;
  /** Whether a query is running. Such a connection cannot be reused. */
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
      // The first query takes the snapshot, so it must be the one that returns the time.
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

  /** Reads a setting that a query of this transaction set, or `null`. */
  async setting(name: string): Promise<string | null> {
    const [row] = await this.query<{ value: string | null }>(
      sql`SELECT nullif(current_setting(${Sql.literal(name)}, true), '') AS value`,
    );
    return row?.value ?? null;
  }

  /**
   * Renders the rows of a SELECT with COPY.
   * @param onProgress is called with the number of rendered rows, a few times a second
   */
  copy(select: Sql, options: CopyOptions, onProgress?: (rows: number) => void): CopiedRows {
    const statement = sql`COPY (${select}) TO STDOUT WITH (${copyOptions(options)})`;
    let count = 0;
    const chunks = this.runCopy(statement, onProgress, (rows) => {
      count = rows;
    });
    return { [Symbol.asyncIterator]: () => chunks, count: () => count };
  }

  /** Releases the connection, or destroys it while a query is running. */
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
    const completion = waitForCompletion(copy);
    const polling = new AbortController();
    this.isBusy = true;
    try {
      this.client.query(copy);
      if (onProgress) void this.pollProgress(onProgress, polling.signal);
      yield* copy as AsyncIterable<Buffer>;
      await completion;
      this.isBusy = false;
      onEnd(copy.rowCount);
    } catch (error) {
      this.signal.throwIfAborted();
      throw error;
    } finally {
      polling.abort();
      if (this.isBusy) await this.close();
    }
  }

  private async pollProgress(onProgress: (rows: number) => void, stopped: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await pause(PROGRESS_INTERVAL_MS, undefined, { signal: stopped });
        const { rows } = await this.controlPool.query<{ rows: string }>(
          'SELECT tuples_processed AS rows FROM pg_stat_progress_copy WHERE pid = $1',
          [this.processId],
        );
        if (rows[0] && !stopped.aborted) onProgress(Number(rows[0].rows));
      }
    } catch {
      // The rows are read, or the query failed. The next relation reports progress again.
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
    // The connection is not released yet, so the backend still belongs to it.
    const cancelled = this.controlPool.query('SELECT pg_cancel_backend($1)', [this.processId]).catch(() => undefined);
    await Promise.race([cancelled, pause(CANCEL_TIMEOUT_MS, undefined, { ref: false })]);
    this.client.release(true);
  }
}

/** Settles with the query, after its rows. Only then its row count, or a late failure, is known. */
function waitForCompletion(copy: CopyToStreamQuery): Promise<void> {
  const query = copy as CopyToStreamQuery & { handleReadyForQuery: () => void };
  const ended = new Promise<void>((resolve, reject) => {
    query.handleReadyForQuery = resolve;
    copy.once('error', reject);
    copy.once('close', () => {
      if (!copy.readableEnded) reject(new Error('The rows were not all read'));
    });
  });
  // The consumer of the rows gets the error first.
  ended.catch(() => undefined);
  return ended;
}

function copyOptions(options: CopyOptions): Sql {
  // A line projection renders neither character, so nothing is ever quoted.
  if (options.kind === 'line') return sql`FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02'`;
  if (options.kind === 'text') return sql`FORMAT text`;
  return sql`FORMAT csv, DELIMITER ${Sql.literal(options.delimiter)}`;
}
