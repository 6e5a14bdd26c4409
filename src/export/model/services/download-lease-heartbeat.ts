import { heartbeatMs } from '../domain/download-lease-limits';
import type { DownloadLease, DownloadLeaseRepository } from '../domain/interfaces/download-lease.repository';

/** Renews a lease for as long as the bytes flow, and tells by a signal when somebody else has it. */
export class DownloadLeaseHeartbeat {
  private readonly loss = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(lease: DownloadLease, leases: DownloadLeaseRepository, leaseSeconds: number) {
    let lastBeat = Date.now();
    this.timer = setInterval(() => {
      leases.beat(lease).then(
        (isHeld) => {
          lastBeat = Date.now();
          if (!isHeld) this.lose();
        },
        () => {
          // The database may be back before anybody else asks for the file; if not, the last bytes are refused anyway.
          if (Date.now() - lastBeat > leaseSeconds * 1000) this.lose();
        },
      );
    }, heartbeatMs(leaseSeconds));
  }

  get lost(): AbortSignal {
    return this.loss.signal;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private lose(): void {
    this.stop();
    this.loss.abort(new Error('The right to give the file out was lost'));
  }
}
