/**
 * The program that writes one table as Parquet with DuckDB: rows as text on the standard input, the file on the standard
 * output. The job comes, and its outcome goes, over an inherited socket. It may be killed at any moment.
 */
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { DuckDBConnection } from '@duckdb/node-api';
import { CHANNEL, MEMORY_MB, type ParquetMessage, type ProcessFault } from './parquet-protocol';
import type { ParquetJob } from './parquet-table';

/** Nothing but the two streams can be read or written, and no extension is loaded. */
const SETTINGS = [
  `SET TimeZone = 'UTC'`,
  // One thread writes the rows in their order, and the size of a row group is bounded in bytes only without this.
  `SET preserve_insertion_order = false`,
  // Memory is bounded; nothing is written to disk.
  `SET temp_directory = ''`,
  `SET allowed_paths = ['/dev/stdin', '/dev/stdout']`,
  `SET enable_external_access = false`,
  `SET lock_configuration = true`,
];

const channel = new Socket({ fd: CHANNEL, readable: true, writable: true });

/** Ends the process when the service has ended, or has what it wants. A regular exit would wait for native code. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

async function open(): Promise<DuckDBConnection> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: `${MEMORY_MB}MB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  for (const setting of SETTINGS) await connection.run(setting);
  return connection;
}

async function perform({ counters, copy }: ParquetJob): Promise<ParquetMessage> {
  let connection: DuckDBConnection;
  try {
    connection = await open();
  } catch (error) {
    return { kind: 'failed', fault: 'unavailable', reason: String(error) };
  }
  try {
    for (const counter of counters) await connection.run(`CREATE SEQUENCE ${counter}`);
    const { rowsChanged } = await connection.run(copy);
    const counts = await connection.runAndReadAll('SELECT sequence_name, last_value FROM duckdb_sequences()');
    const discarded = new Map(counts.getRows().map(([name, value]) => [name, Number(value ?? 0)]));
    return { kind: 'done', rows: rowsChanged, discarded: counters.map((name) => discarded.get(name) ?? 0) };
  } catch (error) {
    return { kind: 'failed', ...toFault(error) };
  }
}

/** Messages of DuckDB can contain values of the row: only the class of the error leaves the process. */
function toFault(error: unknown): { fault: ProcessFault; reason: string } {
  const message = String(error);
  const reason = /^(?:Error: )?([A-Za-z ]+ Error)/.exec(message)?.[1] ?? 'unknown';
  if (message.includes('Maximum line size') || reason === 'Out of Memory Error') return { fault: 'too-large', reason };
  return { fault: /^(Conversion|Invalid Input|Invalid Unicode) Error$/.test(reason) ? 'value' : 'other', reason };
}

channel.on('error', end);
channel.on('close', end);
createInterface({ input: channel }).once('line', (line) => {
  void perform(JSON.parse(line) as ParquetJob).then((message) => {
    channel.end(`${JSON.stringify(message)}\n`);
  });
});
