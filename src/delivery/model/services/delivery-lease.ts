import { HEARTBEAT_MS } from '../domain/attempt-limits';
import type { DeliveryAttempt, DeliveryRepository } from '../domain/interfaces/delivery.repository';

/** Another process has the parcel now. */
class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/**
 * Keeps an attempt alive by its heartbeat, and tells it by a signal when its right to the parcel is gone: at the next beat,
 * or when no beat came through for as long as the lease lasts.
 */
export class DeliveryLease {
  private readonly loss = new AbortController();
  private lastBeat = Date.now();
  private timer: NodeJS.Timeout | undefined;
  private released = false;

  constructor(
    private readonly attempt: DeliveryAttempt,
    private readonly deliveries: DeliveryRepository,
    private readonly leaseMs: number,
  ) {
    this.scheduleBeat();
  }

  get lost(): AbortSignal {
    return this.loss.signal;
  }

  release(): void {
    this.released = true;
    clearTimeout(this.timer);
  }

  private scheduleBeat(): void {
    this.timer = setTimeout(() => void this.beat(), HEARTBEAT_MS);
  }

  private async beat(): Promise<void> {
    try {
      if (!(await this.deliveries.beat(this.attempt))) this.lose();
      this.lastBeat = Date.now();
    } catch {
      // The database may be back before the lease is over; if not, somebody else may have the parcel by then.
      if (Date.now() - this.lastBeat > this.leaseMs) this.lose();
    }
    if (!this.released && !this.loss.signal.aborted) this.scheduleBeat();
  }

  private lose(): void {
    if (!this.released) this.loss.abort(new LeaseLostError('The attempt lost its right to the parcel'));
  }
}
