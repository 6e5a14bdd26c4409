import { settlesWithin } from '../async';

/** A round that takes longer is left behind: what it waits for, such as a database, may be away. */
const STOP_TIMEOUT_MS = 2_000;

/** Does something again and again, with a pause between the end of one round and the beginning of the next. */
export class PeriodicTask {
  private readonly over = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  /** @param round heeds its signal, which aborts when there shall be no more of it; what it throws ends nothing */
  constructor(
    private readonly pauseMs: number,
    private readonly round: (signal: AbortSignal) => Promise<void>,
  ) {}

  /** Whether there shall be no more of it. */
  get isOver(): boolean {
    return this.over.signal.aborted;
  }

  /** Begins the first round after `delayMs`. */
  start(delayMs = 0): void {
    this.timer = setTimeout(() => {
      this.running = this.round(this.over.signal)
        .catch(() => undefined)
        .finally(() => {
          if (!this.isOver) this.start(this.pauseMs);
        });
    }, delayMs);
  }

  /** Waits for the end of the round under way, for a moment. */
  async stop(): Promise<void> {
    this.over.abort();
    clearTimeout(this.timer);
    await settlesWithin(STOP_TIMEOUT_MS, this.running);
  }
}
