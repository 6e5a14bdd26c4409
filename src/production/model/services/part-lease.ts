import { Lease } from '../../../platform/work/lease';
import { HEARTBEAT_MS } from '../domain/attempt-limits';
import type { ReportRows } from '../domain/interfaces/divided-production';
import type { PartRepository } from '../domain/interfaces/part.repository';
import type { ClaimedPart } from '../domain/part';

/** The lease of a part. Its heartbeat reports the rows. It is also lost when its leader has lost the export. */
export class PartLease extends Lease {
  readonly report: ReportRows;

  constructor(part: ClaimedPart, parts: PartRepository, leaseMs: number) {
    let rows = 0;
    super({ heartbeatMs: HEARTBEAT_MS, leaseMs }, () => parts.beat(part, rows));
    this.report = (latest) => {
      rows = latest;
    };
  }
}
