import { HEARTBEAT_MS } from '../domain/attempt-limits';
import type { Progress } from '../domain/export';
import type { Attempt, AttemptRepository } from '../domain/interfaces/attempt.repository';

/** The export was cancelled, or another worker has it now. */
class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/**
 * Keeps an attempt alive by its heartbeat, which carries the progress, and tells it by a signal when its right to the
 * export is gone: at the next beat, or when no beat came through for as long as the lease lasts.
 */
export class AttemptLease {
  private readonly loss = new AbortController();
  private progress: Progress;
  private lastBeat = Date.now();
  private timer: NodeJS.Timeout | undefined;
  private released = false;

  constructor(
    private readonly attempt: Attempt,
    private readonly attempts: AttemptRepository,
    private readonly leaseMs: number,
  ) {
    this.progress = attempt.export.progress;
    this.scheduleBeat();
  }

  get lost(): AbortSignal {
    return this.loss.signal;
  }

  readonly report = (progress: Progress): void => {
    this.progress = progress;
  };

  release(): void {
    this.released = true;
    clearTimeout(this.timer);
  }

  private scheduleBeat(): void {
    this.timer = setTimeout(() => void this.beat(), HEARTBEAT_MS);
  }

  private async beat(): Promise<void> {
    try {
      if (!(await this.attempts.beat(this.attempt, this.progress))) this.lose();
      this.lastBeat = Date.now();
    } catch {
      // The database may be back before the lease is over; if not, somebody else may have the export by then.
      if (Date.now() - this.lastBeat > this.leaseMs) this.lose();
    }
    if (!this.released && !this.loss.signal.aborted) this.scheduleBeat();
  }

  private lose(): void {
    if (!this.released) this.loss.abort(new LeaseLostError('The attempt lost its right to the export'));
  }
}
