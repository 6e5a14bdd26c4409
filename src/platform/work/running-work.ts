import { setMaxListeners } from 'node:events';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { orAborted, settlesWithin } from '../async';
import { Config } from '../config/config';

/** How long aborted work may take to stop and be handed back. */
const HAND_BACK_MS = 5_000;

/** The work that this process is doing. A shutdown lets it finish within the grace period, and then aborts it. */
@Injectable()
export class RunningWork implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(RunningWork.name);
  /** How long each may take to stop once it is aborted. */
  private readonly running = new Map<Promise<unknown>, number>();
  private readonly controller = new AbortController();
  private gracePeriod: NodeJS.Timeout | undefined;
  private stopped: Promise<void> | undefined;

  constructor(private readonly config: Config) {
    // Each piece of work listens, and there may be many.
    setMaxListeners(0, this.ending);
  }

  /** Aborts at the end of the grace period. */
  get ending(): AbortSignal {
    return this.controller.signal;
  }

  /** Has a shutdown wait for the work, which ends soon once `ending` aborts. */
  add<Result>(work: Promise<Result>, handBackMs = HAND_BACK_MS): Promise<Result> {
    this.running.set(work, handBackMs);
    return work.finally(() => this.running.delete(work));
  }

  onModuleDestroy(): void {
    this.gracePeriod ??= setTimeout(() => {
      if (this.running.size > 0)
        this.logger.warn('The grace period is over: running work is handed back', {
          event: 'worker.grace_period_over',
        });
      this.controller.abort(new Error('The process has to end'));
    }, this.config.exports.graceSeconds * 1000);
  }

  beforeApplicationShutdown(): Promise<void> {
    return (this.stopped ??= this.stop());
  }

  private async stop(): Promise<void> {
    this.onModuleDestroy();
    while (this.running.size > 0 && !this.ending.aborted) {
      await orAborted(Promise.allSettled(this.running.keys()), this.ending).catch(() => undefined);
    }
    clearTimeout(this.gracePeriod);
    const stops = [...this.running].map(([work, handBackMs]) => settlesWithin(handBackMs, work));
    if ((await Promise.all(stops)).includes(false))
      this.logger.error('Running work did not stop in time; its lease will expire', { event: 'worker.stop_timeout' });
  }
}
