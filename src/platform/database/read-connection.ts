import { setTimeout as pause } from 'node:timers/promises';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { type CopyFlow, CopyRows } from './copy-rows';
import { Sql, sql } from './sql';

const CANCEL_TIMEOUT_MS = 2_000;

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
  // One process reads a query, in the physical order of the table.
  max_parallel_workers_per_gather: '0',
  synchronize_seqscans: 'off',
  // Timeouts are meant for small queries.
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
};

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

/** A connection in a transaction that reads one snapshot. Its statements run one after the other. */
export class ReadConnection {
  private closing: Promise<void> | undefined;
  /** Whether a query is running. Such a connection cannot be reused. */
  private isBusy = false;

  /** @param processId of the backend that has the transaction */
  constructor(
    private readonly client: PoolClient,
    private readonly controlPool: Pool,
    readonly processId: number,
  ) {}

  /** Makes the text of values independent of the settings of the database, for this transaction. */
  async pinSettings(timeZone: string, further: Readonly<Record<string, string>> = {}): Promise<void> {
    const settings = Object.entries({ ...PINNED_SETTINGS, timezone: timeZone, ...further }).map(
      ([name, value]) => sql`pg_catalog.set_config(${Sql.literal(name)}, ${Sql.literal(value)}, true)`,
    );
    await this.query(sql`SELECT ${Sql.join([...settings, SEARCH_PATH, NO_TRANSACTION_TIMEOUT])}`);
  }

  async query<Row extends QueryResultRow>(statement: Sql): Promise<Row[]> {
    if (this.closing) throw new Error('The snapshot is closed');
    this.isBusy = true;
    try {
      return (await this.client.query<Row>(statement.text)).rows;
    } finally {
      this.isBusy = false;
    }
  }

  /** @param statement a COPY … TO STDOUT @param lendsChunks as `CopyRows.start` has it */
  copy(statement: Sql, flow?: CopyFlow, lendsChunks?: boolean): CopyRows {
    if (this.closing) throw new Error('The snapshot is closed');
    this.isBusy = true;
    const rows = CopyRows.start(this.client, statement, flow, lendsChunks);
    rows.completion.then(
      () => {
        this.isBusy = false;
      },
      () => undefined,
    );
    return rows;
  }

  /** Ends the transaction and releases the connection, or cancels its query and destroys it. */
  close(): Promise<void> {
    this.closing ??= this.isBusy ? this.destroy() : this.release();
    return this.closing;
  }

  private async release(): Promise<void> {
    const isCommitted = await this.client.query('COMMIT').then(
      () => true,
      () => false,
    );
    this.client.release(!isCommitted);
  }

  private async destroy(): Promise<void> {
    // The connection is not released yet, so the backend still belongs to it.
    const cancelled = this.controlPool.query('SELECT pg_cancel_backend($1)', [this.processId]).catch(() => undefined);
    await Promise.race([cancelled, pause(CANCEL_TIMEOUT_MS, undefined, { ref: false })]);
    this.client.release(true);
  }
}
