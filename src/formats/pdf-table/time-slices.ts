import { setImmediate } from 'node:timers/promises';

/** For how long drawing may keep all others waiting, in milliseconds. */
const SLICE = 12;

/** Divides long work, so that requests are answered in between. */
export class TimeSlices {
  private began = performance.now();

  /** Lets others work when the slice is used up. */
  async pause(): Promise<void> {
    if (performance.now() - this.began < SLICE) return;
    await setImmediate();
    this.began = performance.now();
  }
}
