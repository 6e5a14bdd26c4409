import { Lease } from '../../../platform/work/lease';
import { HEARTBEAT_MS } from '../domain/attempt-limits';
import type { Progress } from '../../../formats';
import type { Attempt, AttemptRepository } from '../domain/interfaces/attempt.repository';

/** The lease of an attempt. Its heartbeat reports the progress. It is also lost when the export is cancelled. */
export class AttemptLease {
  private readonly lease: Lease;
  private progress: Progress;

  constructor(attempt: Attempt, attempts: AttemptRepository, leaseMs: number) {
    this.progress = attempt.export.progress;
    this.lease = new Lease({ heartbeatMs: HEARTBEAT_MS, leaseMs }, () => attempts.beat(attempt, this.progress));
  }

  get lost(): AbortSignal {
    return this.lease.lost;
  }

  readonly report = (progress: Progress): void => {
    this.progress = progress;
  };

  release(): void {
    this.lease.release();
  }
}
