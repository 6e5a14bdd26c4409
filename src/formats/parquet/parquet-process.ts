import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { nativeProcessEnvironment } from '../../platform/config/native-environment';
import { CHANNEL, MEMORY_MB, type ParquetMessage } from './parquet-protocol';
import type { ParquetJob } from './parquet-table';

/** For Node itself, and what DuckDB does not count; a limit of the operating system, which the process never outgrows. */
const OVERHEAD_MB = 768;
const HEAP_MB = 64;

/** The process ended without an outcome: it was killed, or crashed. */
export class ParquetProcessEndedError extends Error {
  override readonly name = 'ParquetProcessEndedError';
}

type ParquetShell = ChildProcessByStdio<Writable, Readable, null>;

/** A process that writes one table as Parquet, and can be killed at any moment. */
export class ParquetProcess {
  private readonly shell: ParquetShell;
  private readonly message: Promise<string>;
  private readonly ended: Promise<void>;

  constructor(job: ParquetJob) {
    this.shell = startProgram();
    const channel = this.shell.stdio[CHANNEL] as Socket;
    this.message = text(channel);
    this.ended = new Promise((resolve) => {
      this.shell.once('error', () => {
        resolve();
      });
      this.shell.once('close', () => {
        resolve();
      });
    });
    // A killed process breaks its pipes. `outcome` reports why.
    for (const stream of [channel, this.input, this.output]) stream.on('error', () => undefined);
    this.message.catch(() => undefined);
    channel.write(`${JSON.stringify(job)}\n`);
  }

  /** The file, while it is written. */
  get output(): Readable {
    return this.shell.stdout;
  }

  /** Writes rows as fast as the process reads them. @throws what the rows throw, and an error of the pipe */
  async feed(rows: AsyncIterable<Uint8Array>): Promise<void> {
    await pipeline(rows, this.input);
  }

  /** Waits until the file is written. @throws ParquetProcessEndedError */
  async outcome(): Promise<ParquetMessage> {
    const message = await this.message.catch(() => '');
    if (message.endsWith('\n')) return JSON.parse(message) as ParquetMessage;
    throw new ParquetProcessEndedError('The process that writes Parquet ended');
  }

  /** Kills the process if it runs, and waits until it has ended. */
  async close(): Promise<void> {
    this.kill();
    await this.ended;
  }

  kill(): void {
    const { pid, exitCode, signalCode } = this.shell;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    // The shell leads a group of its own.
    process.kill(-pid, 'SIGKILL');
  }

  private get input(): Writable {
    return this.shell.stdin;
  }
}

/**
 * DuckDB opens its streams by name, which is not possible with the sockets that Node makes for a process: `cat` connects
 * them to pipes.
 */
function startProgram(): ParquetShell {
  const program = join(findProgramFolder(), 'parquet.process.js');
  const limits = `ulimit -c 0; ulimit -d ${(MEMORY_MB + OVERHEAD_MB) * 1024} 2>/dev/null`;
  const script = `${limits}; cat ${CHANNEL}<&- | "$0" "$@" | cat ${CHANNEL}<&-`;
  const command = [process.execPath, `--max-old-space-size=${HEAP_MB}`, program];
  return spawn('/bin/sh', ['-c', script, ...command], {
    detached: true,
    env: nativeProcessEnvironment(),
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
  }) as ParquetShell;
}

/** The folder of the compiled program: this file's own, or the one in `dist` when it runs from a bundle or from source. */
function findProgramFolder(): string {
  const path = 'formats/parquet';
  const places = [__dirname, join(__dirname, path), join(__dirname, '../../../dist', path)];
  const found = places.find((place) => existsSync(join(place, 'parquet.process.js')));
  if (found === undefined) throw new Error('The program that writes Parquet is not built: run `npm run build`');
  return found;
}
