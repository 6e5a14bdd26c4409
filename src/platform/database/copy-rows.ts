import type { Connection, ClientBase, Submittable } from 'pg';
import { releaseChunk } from './slab-socket';
import type { Sql } from './sql';

/** A message begins with its code and the length of the rest, which counts itself. */
const HEADER_BYTES = 5;
const LENGTH_BYTES = 4;

const COPY_DATA = 'd'.charCodeAt(0);
const COPY_OUT_RESPONSE = 'H'.charCodeAt(0);

/** The binary format: before the first row a signature, flags and the length of an extension … */
const SIGNATURE_BYTES = 19;
/** … and before each row the number of its fields and the length of the only one. After the last row comes a number alone. */
const FIELD_BYTES = 6;

/** What may come among the rows and is not one: CopyOutResponse, notices, notifications and parameters. */
const SKIPPED = ['H', 'N', 'A', 'S'].map((code) => code.charCodeAt(0));

/** Enough that the database seldom waits for a reader who keeps up. */
const MAX_WAITING_BYTES = 512 * 1024;

/** Decides how far rows are read ahead of their reader. */
export interface CopyFlow {
  /** @returns for how many milliseconds nothing more may be read */
  received(bytes: number, rows: number): number;
  /** The reader has taken bytes that were received. */
  taken(bytes: number): void;
  /** @param waitingBytes received and not taken yet */
  isFull(waitingBytes: number): boolean;
}

/** Reads ahead a little. */
export const SMALL_BUFFER: CopyFlow = {
  received: () => 0,
  taken: () => undefined,
  isFull: (waitingBytes) => waitingBytes >= MAX_WAITING_BYTES,
};

/**
 * The output of `COPY … TO STDOUT`, of which each chunk of the socket becomes one chunk: the payloads of its messages are
 * moved together in place. The socket pauses while its reader does not keep up, so PostgreSQL waits too. Of the binary
 * format, whose rows must have one field, only the fields are passed on, unless its framing is kept. Can be read once.
 */
export class CopyRows implements AsyncIterable<Buffer>, Submittable {
  /** Settles once the connection can be used again, or with the error of the query. */
  readonly completion: Promise<void>;
  private readonly chunks: Buffer[] = [];
  private waitingBytes = 0;
  private rows = 0;
  private state: 'running' | 'complete' | { readonly error: unknown } = 'running';
  private resume: (() => void) | undefined;
  private settle!: { resolve: () => void; reject: (error: unknown) => void };

  private stream: Connection['stream'] | undefined;
  private listeners: ((chunk: Buffer) => void)[] = [];
  private pauseTimer: NodeJS.Timeout | undefined;
  private readonly header = Buffer.alloc(HEADER_BYTES);
  private headerBytes = 0;
  /** How many bytes of the current message are still to come: first some to skip, then those to pass on. */
  private skippedBytes = 0;
  private payloadBytes = 0;
  private isResponse = false;
  /** How many bytes of the next row, and of those after it, are not its text. */
  private framing = { next: 0, later: 0 };

  private constructor(
    private readonly statement: string,
    private readonly flow: CopyFlow,
    private readonly keepsFraming: boolean,
    private readonly lendsChunks: boolean,
  ) {
    this.completion = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    // Who reads the rows gets the error, too.
    this.completion.catch(() => undefined);
  }

  /**
   * @param statement a COPY … TO STDOUT
   * @param lendsChunks whether a chunk is valid only until the next one is taken, so that its memory is used again
   */
  static start(client: ClientBase, statement: Sql, flow = SMALL_BUFFER, lendsChunks = false): CopyRows {
    return client.query(new CopyRows(statement.text, flow, false, lendsChunks));
  }

  /** Passes on the binary format as it is. */
  static startFramed(client: ClientBase, statement: Sql): CopyRows {
    return client.query(new CopyRows(statement.text, SMALL_BUFFER, true, false));
  }

  /** The row count of PostgreSQL's command tag, known after completion. */
  count(): number {
    return this.rows;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      if (typeof this.state === 'object') throw this.state.error;
      const chunk = this.chunks.shift();
      if (chunk) {
        this.waitingBytes -= chunk.length;
        this.flow.taken(chunk.length);
        this.readOn();
        yield chunk;
        if (this.lendsChunks) releaseChunk(chunk);
      } else if (this.state === 'complete') {
        return;
      } else {
        await new Promise<void>((resume) => {
          this.resume = resume;
        });
      }
    }
  }

  /** Reads on after a pause, if the flow allows it by now. */
  readOn(): void {
    if (this.pauseTimer !== undefined || !this.stream?.isPaused() || this.flow.isFull(this.waitingBytes)) return;
    this.stream.resume();
  }

  /** Ends the reading with an error. The connection cannot be used again. */
  abort(error: unknown): void {
    if (this.state === 'running') this.fail(error);
  }

  /** @internal called by pg when it is the turn of the query */
  submit(connection: Connection): void {
    this.stream = connection.stream;
    // pg parses each message as an object. It gets the socket back after the last row.
    this.listeners = this.stream.listeners('data') as typeof this.listeners;
    for (const listener of this.listeners) this.stream.off('data', listener);
    this.stream.on('data', this.receive);
    connection.query(this.statement);
  }

  /** @internal */
  handleCommandComplete({ text }: { readonly text: string }): void {
    this.rows = Number(/^COPY (\d+)/.exec(text)?.[1]);
  }

  /** @internal */
  handleReadyForQuery(): void {
    if (this.state !== 'running') return;
    this.state = 'complete';
    this.settle.resolve();
    this.wake();
  }

  /** @internal called for errors of the query and of the connection */
  handleError(error: Error): void {
    this.fail(error);
  }

  private fail(error: unknown): void {
    clearTimeout(this.pauseTimer);
    for (const chunk of this.chunks.splice(0)) this.flow.taken(chunk.length);
    this.waitingBytes = 0;
    this.state = { error };
    this.settle.reject(error);
    this.wake();
  }

  private wake(): void {
    this.resume?.();
    this.resume = undefined;
  }

  private readonly receive = (chunk: Buffer): void => {
    let [at, length, rows] = [0, 0, 0];
    while (at < chunk.length) {
      if (this.skippedBytes > 0) {
        at += this.skip(chunk, at);
      } else if (this.payloadBytes > 0) {
        const bytes = Math.min(this.payloadBytes, chunk.length - at);
        if (length !== at) chunk.copyWithin(length, at, at + bytes);
        length += bytes;
        at += bytes;
        this.payloadBytes -= bytes;
      } else if (this.headerBytes === 0 && chunk[at] === COPY_DATA && at + HEADER_BYTES <= chunk.length) {
        this.beginRow(chunk.readUInt32BE(at + 1) - LENGTH_BYTES);
        at += HEADER_BYTES;
        rows += 1;
      } else if (this.headerBytes === 0 && chunk[at] !== COPY_DATA && !SKIPPED.includes(chunk[at] ?? 0)) {
        break;
      } else {
        at += this.collectHeader(chunk, at);
        if (this.headerBytes === 0 && this.header[0] === COPY_DATA) rows += 1;
      }
    }
    if (length > 0) this.add(chunk.subarray(0, length), rows);
    // pg may keep the beginning of a message.
    if (at < chunk.length) this.giveBack(Buffer.from(chunk.subarray(at)));
    if (length === 0) releaseChunk(chunk);
  };

  private beginRow(bytes: number): void {
    this.skippedBytes = Math.min(this.framing.next, bytes);
    this.payloadBytes = bytes - this.skippedBytes;
    this.framing.next = this.framing.later;
  }

  /** @returns how many bytes of the chunk to skip */
  private skip(chunk: Buffer, at: number): number {
    if (this.isResponse) {
      this.isResponse = false;
      const isRemoved = chunk[at] === 1 && !this.keepsFraming;
      this.framing = isRemoved ? { next: SIGNATURE_BYTES + FIELD_BYTES, later: FIELD_BYTES } : { next: 0, later: 0 };
    }
    const bytes = Math.min(this.skippedBytes, chunk.length - at);
    this.skippedBytes -= bytes;
    return bytes;
  }

  /** Reads a header that two chunks may share. @returns how many bytes of it are in the chunk */
  private collectHeader(chunk: Buffer, at: number): number {
    const bytes = chunk.copy(this.header, this.headerBytes, at);
    this.headerBytes += bytes;
    if (this.headerBytes < HEADER_BYTES) return bytes;
    this.headerBytes = 0;
    const payload = this.header.readUInt32BE(1) - LENGTH_BYTES;
    this.isResponse = this.header[0] === COPY_OUT_RESPONSE;
    if (this.header[0] === COPY_DATA) this.beginRow(payload);
    else this.skippedBytes = payload;
    return bytes;
  }

  private add(chunk: Buffer, rows: number): void {
    if (this.state !== 'running') return;
    this.chunks.push(chunk);
    this.waitingBytes += chunk.length;
    const delay = this.flow.received(chunk.length, rows);
    this.wake();
    if (delay > 0) {
      this.pauseTimer = setTimeout(() => {
        this.pauseTimer = undefined;
        this.readOn();
      }, delay);
    }
    if (delay > 0 || this.flow.isFull(this.waitingBytes)) this.stream?.pause();
  }

  /** Leaves the rest of the answer to pg: the end of the rows, or an error. */
  private giveBack(bytes: Buffer): void {
    const { stream } = this;
    if (!stream) return;
    clearTimeout(this.pauseTimer);
    this.stream = undefined;
    stream.off('data', this.receive);
    for (const listener of this.listeners) {
      stream.on('data', listener);
      listener(bytes);
    }
    stream.resume();
  }
}
