import { type CopyFlow, SMALL_BUFFER } from './copy-rows';
import type { Pace } from './pace';

/** A flow that waits while the memory of all is used up. */
export interface AheadFlow extends CopyFlow {
  /** Its rows are the next ones to be written: from now on only its own small buffer limits it. */
  becomeFirst(): void;
  /** Calls back when memory may be free again, until it becomes the first. */
  onRoom(callback: () => void): void;
  end(): void;
}

/** The memory of a process for rows that are read before their turn, and the pace at which all rows are read. */
export class ReadAhead {
  private usedBytes = 0;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly maxBytes: number,
    private readonly pace: Pace,
  ) {}

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
