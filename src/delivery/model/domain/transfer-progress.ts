/** A transfer is judged after this time, and has stalled when it sends nothing for this time. */
const SLOW_AFTER_MS = 5_000;
const SLOW_BYTES_PER_SECOND = 1_000_000;

/** Counts the bytes that a delivery sends, to find slow receivers. */
export class TransferProgress {
  private readonly beganAt = performance.now();
  private movedAt = this.beganAt;
  private bytes = 0;

  add(bytes: number): void {
    this.bytes += bytes;
    this.movedAt = performance.now();
  }

  /** Whether the transfer has stalled or is slower than 1 MB/s on average. */
  get isSlow(): boolean {
    const now = performance.now();
    const seconds = (now - this.beganAt) / 1000;
    if (now - this.movedAt >= SLOW_AFTER_MS) return true;
    return now - this.beganAt >= SLOW_AFTER_MS && this.bytes < SLOW_BYTES_PER_SECOND * seconds;
  }
}
