/** A transfer is not judged before, and it has stalled when it has sent nothing for so long. */
const SLOW_AFTER_MS = 5_000;
const SLOW_BYTES_PER_SECOND = 1_000_000;

/** How fast a delivery sends its bytes. */
export class TransferProgress {
  private readonly beganAt = performance.now();
  private movedAt = this.beganAt;
  private bytes = 0;

  add(bytes: number): void {
    this.bytes += bytes;
    this.movedAt = performance.now();
  }

  /** Whether its receiver is to blame for how long it takes: it has stalled, or takes less than 1 MB a second on average. */
  get isSlow(): boolean {
    const now = performance.now();
    const seconds = (now - this.beganAt) / 1000;
    if (now - this.movedAt >= SLOW_AFTER_MS) return true;
    return now - this.beganAt >= SLOW_AFTER_MS && this.bytes < SLOW_BYTES_PER_SECOND * seconds;
  }
}
