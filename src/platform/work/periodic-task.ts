import { settlesWithin } from '../async';

/** `stop` abandons a round that takes longer: what it waits for, such as a database, may be unavailable. */
const STOP_TIMEOUT_MS = 2_000;

/** Runs a function repeatedly, with a pause between the end of one round and the start of the next. */
export class PeriodicTask {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  /** @param round ends soon once its signal aborts; an error that it throws does not stop the task */
  constructor(
    private readonly pauseMs: number,
    private readonly round: (signal: AbortSignal) => Promise<void>,
  ) {}

  /** Aborts when the task is stopped. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** Starts the first round after `delayMs`. */
  start(delayMs = 0): void {
    this.timer = setTimeout(() => {
      this.running = this.round(this.signal)
        .catch(() => undefined)
        .finally(() => {
          if (!this.signal.aborted) this.start(this.pauseMs);
        });
    }, delayMs);
  }

  /** Waits up to two seconds for the current round. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await settlesWithin(STOP_TIMEOUT_MS, this.running);
  }
}
