import { setImmediate } from 'node:timers/promises';

/** How long layout may block the event loop, in milliseconds. */
const SLICE_MS = 12;

/** Divides long work into slices, so that requests are answered in between. */
export class TimeSlices {
  private startedAt = performance.now();

  /** Yields to the event loop if the slice is used up. */
  async pause(): Promise<void> {
    if (performance.now() - this.startedAt < SLICE_MS) return;
    await setImmediate();
    this.startedAt = performance.now();
  }
}
