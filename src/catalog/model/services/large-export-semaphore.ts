import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config';

/** Exports with fewer rows do not wait. */
const LARGE_EXPORT_ROWS = 100_000;

/**
 * Lets at most one large export per core read rows at a time. More would not finish sooner, and
 * they would slow down the process's other work.
 */
@Injectable()
export class LargeExportSemaphore {
  private readonly slots: number;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor({ exports }: Config) {
    this.slots = Math.min(exports.concurrency, availableParallelism());
  }

  /**
   * Waits for a slot if the export is large.
   * @param signal stops the waiting, or later releases the slot
   * @throws the signal's reason
   */
  async acquire(rows: number, signal: AbortSignal): Promise<void> {
    if (rows < LARGE_EXPORT_ROWS) return;
    signal.throwIfAborted();
    if (this.running < this.slots) this.running += 1;
    else await this.waitFor(signal);
    signal.addEventListener('abort', this.release, { once: true });
    if (signal.aborted) this.release();
    signal.throwIfAborted();
  }

  private waitFor(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = () => {
        this.waiting.splice(this.waiting.indexOf(start), 1);
        reject(signal.reason as Error);
      };
      const start = () => {
        signal.removeEventListener('abort', cancel);
        resolve();
      };
      signal.addEventListener('abort', cancel, { once: true });
      this.waiting.push(start);
    });
  }

  /** Passes the slot to the export that has waited longest. */
  private readonly release = (): void => {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  };
}
