import { workerData } from 'node:worker_threads';
import { type CopyFlow, SMALL_BUFFER } from './copy-rows';
import { Pace, type PaceLimit } from './pace';

/** Memory of a process for rows that are read before their turn. */
const MAX_BYTES = 32 * 1024 * 1024;

/** A flow that waits while the memory of all is used up. */
export interface AheadFlow extends CopyFlow {
  /** Its rows are the next ones to be written: from now on only its own small buffer limits it. */
  becomeFirst(): void;
  /** Calls back when memory may be free again, until it becomes the first. */
  onRoom(callback: () => void): void;
  end(): void;
}

/** What a thread has of the limits of its process: a part of the memory, and the pace of all. */
export interface ReadAheadShare {
  readonly maxBytes: number;
  readonly pace: SharedArrayBuffer;
}

/** The data with which a thread that reads rows is started. */
export interface ReadingThreadData {
  readonly readAhead: ReadAheadShare;
}

/** The memory of a process or thread for rows that are read before their turn, and the pace at which all rows are read. */
export class ReadAhead {
  private usedBytes = 0;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly maxBytes: number,
    private readonly pace: Pace,
  ) {}

  /** The limits of this process or, in a thread that was started with `ReadingThreadData`, its share of them. */
  static create(limit: PaceLimit | null): ReadAhead {
    const { readAhead } = (workerData ?? {}) as Partial<ReadingThreadData>;
    return new ReadAhead(readAhead?.maxBytes ?? MAX_BYTES, new Pace(limit, readAhead?.pace));
  }

  /** @param threads among which the memory is divided */
  share(threads: number): ReadAheadShare {
    return { maxBytes: Math.floor(this.maxBytes / threads), pace: this.pace.memory };
  }

  /** Rows that are read in their turn. */
  inTurn(): CopyFlow {
    return { ...SMALL_BUFFER, received: (bytes, rows) => this.pace.spend(bytes, rows) };
  }

  /** Rows that may be read before their turn. */
  ahead(): AheadFlow {
    let isFirst = false;
    let callback: () => void = () => undefined;
    const wake = () => {
      callback();
    };
    this.waiting.add(wake);
    return {
      received: (bytes, rows) => {
        this.usedBytes += bytes;
        return this.pace.spend(bytes, rows);
      },
      taken: (bytes) => {
        this.usedBytes -= bytes;
        for (const other of this.waiting) other();
      },
      isFull: (waitingBytes) => (isFirst ? SMALL_BUFFER.isFull(waitingBytes) : this.usedBytes >= this.maxBytes),
      becomeFirst: () => {
        isFirst = true;
        callback();
      },
      onRoom: (given) => {
        callback = given;
      },
      end: () => {
        this.waiting.delete(wake);
      },
    };
  }
}
