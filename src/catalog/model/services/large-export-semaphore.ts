import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config';

/** What has more rows takes its turn. Less is done before anybody would notice. */
const LARGE_EXPORT_ROWS = 100_000;

/**
 * Lets as many exports of many rows be read at once as there are cores to carry their bytes. More would be ready no sooner,
 * and whoever asks how far they are would wait for a core behind all of them.
 */
@Injectable()
export class LargeExportSemaphore {
  private readonly most: number;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor({ exports }: Config) {
    this.most = Math.min(exports.concurrency, availableParallelism());
  }

  /**
   * Waits for the turn of an export of so many rows.
   * @param signal ends the waiting, or else the turn
   * @throws the signal's reason
   */
  async acquire(rows: number, signal: AbortSignal): Promise<void> {
    if (rows < LARGE_EXPORT_ROWS) return;
    signal.throwIfAborted();
    if (this.running < this.most) this.running += 1;
    else await this.waitFor(signal);
    signal.addEventListener('abort', this.pass, { once: true });
    if (signal.aborted) this.pass();
    signal.throwIfAborted();
  }

  private waitFor(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(begin), 1);
        reject(signal.reason as Error);
      };
      const begin = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.push(begin);
    });
  }

  /** Hands the turn to who has waited longest. */
  private readonly pass = (): void => {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  };
}
