/** Somebody else has the work now, or it is wanted no more. */
class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

export interface LeaseTerms {
  readonly heartbeatMs: number;
  /** How long others respect the right of whoever is silent. */
  readonly leaseMs: number;
}

/**
 * Keeps the right to some work alive by a heartbeat, and tells whoever does it by a signal when that right is gone: at the
 * next beat, or when no beat came through for as long as the lease lasts.
 */
export class Lease {
  private readonly loss = new AbortController();
  private lastBeat = Date.now();
  private timer: NodeJS.Timeout | undefined;
  private released = false;

  /** @param beat says that the work goes on, and gives whether the right to it is still there */
  constructor(
    private readonly terms: LeaseTerms,
    private readonly beat: () => Promise<boolean>,
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
    this.timer = setTimeout(() => void this.renew(), this.terms.heartbeatMs);
  }

  private async renew(): Promise<void> {
    try {
      if (!(await this.beat())) this.lose();
      this.lastBeat = Date.now();
    } catch {
      // The database may be back before the lease is over; if not, somebody else may have the work by then.
      if (Date.now() - this.lastBeat > this.terms.leaseMs) this.lose();
    }
    if (!this.released && !this.loss.signal.aborted) this.scheduleBeat();
  }

  private lose(): void {
    if (!this.released) this.loss.abort(new LeaseLostError('The attempt lost its right to go on'));
  }
}
