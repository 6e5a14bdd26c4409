import { randomFill } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

const TICK_MS = 1_000;
/** Regular work never occupies all threads for this many ticks in a row. */
const STUCK_AFTER_TICKS = 30;

/**
 * Watches libuv's thread pool, which files, DNS lookups, compression and image codecs need. A process whose threads are all
 * blocked still answers, but cannot work: only a restart helps.
 */
@Injectable()
export class ThreadPoolWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ThreadPoolWatch.name);
  private timer: NodeJS.Timeout | undefined;
  private isWaiting = false;
  /** Counted in ticks, so that the time for which the process was paused does not count. */
  private ticksWaited = 0;

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.tick();
    }, TICK_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  get isStuck(): boolean {
    return this.ticksWaited >= STUCK_AFTER_TICKS;
  }

  private tick(): void {
    if (!this.isWaiting) {
      this.probe();
      return;
    }
    this.ticksWaited += 1;
    if (this.ticksWaited === STUCK_AFTER_TICKS) {
      this.logger.error('The thread pool does not answer: the process needs a restart', {
        event: 'process.thread_pool_stuck',
        seconds: STUCK_AFTER_TICKS,
      });
    }
  }

  /** Random bytes need a thread of the pool, and no device that could be unavailable. */
  private probe(): void {
    this.isWaiting = true;
    randomFill(Buffer.alloc(1), () => {
      if (this.isStuck) this.logger.log('The thread pool answers again', { event: 'process.thread_pool_recovered' });
      this.isWaiting = false;
      this.ticksWaited = 0;
    });
  }
}
