import { Lease } from '../../../platform/work/lease';
import { HEARTBEAT_MS } from '../domain/attempt-limits';
import type { Progress } from '../../../formats';
import type { Attempt, AttemptRepository } from '../domain/interfaces/attempt.repository';

/** The lease of an attempt. Its heartbeat reports the progress. It is also lost when the export is cancelled. */
export class AttemptLease extends Lease {
  readonly report: (progress: Progress) => void;

  constructor(attempt: Attempt, attempts: AttemptRepository, leaseMs: number) {
    let { progress } = attempt.export;
    super({ heartbeatMs: HEARTBEAT_MS, leaseMs }, () => attempts.beat(attempt, progress));
    this.report = (latest) => {
      progress = latest;
    };
  }
}
