import { heartbeatMs } from '../domain/handover-limits';
import type { Handover, HandoverRepository } from '../domain/interfaces/handover.repository';

/** Renews a handover for as long as the bytes flow, and tells by a signal when somebody else has it. */
export class HandoverLease {
  private readonly loss = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(handover: Handover, handovers: HandoverRepository, leaseSeconds: number) {
    let lastBeat = Date.now();
    this.timer = setInterval(() => {
      handovers.beat(handover).then(
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
