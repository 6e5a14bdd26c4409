/** Another process has the work now, or the work was cancelled. */
class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

export interface LeaseTerms {
  readonly heartbeatMs: number;
  /** How long the lease lasts without a heartbeat. */
  readonly leaseMs: number;
}

/**
 * Renews the lease of some work by heartbeats, until it is released or lost. It is lost when a heartbeat finds that another
 * process has it, or when no heartbeat succeeded for as long as the lease lasts.
 */
export class Lease {
  private readonly controller = new AbortController();
  private lastBeat = Date.now();
  private timer: NodeJS.Timeout | undefined;

  /** @param beat renews the lease in the database, and returns whether it still belongs to this process */
  constructor(
    private readonly terms: LeaseTerms,
    private readonly beat: () => Promise<boolean>,
  ) {
    this.scheduleBeat();
  }

  /** Aborts when the lease is lost or released: what was opened under it is closed. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get isLost(): boolean {
    return this.signal.reason instanceof LeaseLostError;
  }

  release(): void {
    clearTimeout(this.timer);
    this.controller.abort(new Error('The work has ended'));
  }

  private scheduleBeat(): void {
    this.timer = setTimeout(() => void this.renew(), this.terms.heartbeatMs);
  }

  private async renew(): Promise<void> {
    try {
      if (!(await this.beat())) this.lose();
      this.lastBeat = Date.now();
    } catch {
      // The database may come back before the lease expires. After that, another process may have the work.
      if (Date.now() - this.lastBeat > this.terms.leaseMs) this.lose();
    }
    if (!this.signal.aborted) this.scheduleBeat();
  }

  private lose(): void {
    this.controller.abort(new LeaseLostError('The attempt lost its right to go on'));
  }
}
