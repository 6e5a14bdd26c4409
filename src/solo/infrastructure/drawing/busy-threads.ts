import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type { ReleaseSlot } from './fair-slots';

const KEY = 'solo.busy-drawing-threads';
const [BUSY, LIMIT] = [0, 1];

/**
 * Counts the threads that draw exports, of all production threads of a process. The first thread of an export starts at
 * once, a helper only while fewer threads than the limit are busy.
 */
export class BusyThreads {
  private constructor(private readonly counts: Int32Array) {}

  static create(limit: number): BusyThreads {
    const counts = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
    Atomics.store(counts, LIMIT, limit);
    return new BusyThreads(counts);
  }

  /**
   * The counts of this process, which threads that start later have too.
   * @param limit of drawing threads; that of the main thread counts
   */
  static ofProcess(limit: number): BusyThreads {
    const known = getEnvironmentData(KEY);
    if (known instanceof Int32Array) return new BusyThreads(known);
    const created = BusyThreads.create(limit);
    setEnvironmentData(KEY, created.counts);
    return created;
  }

  /** Counts a drawing. @returns ends it; further calls do nothing */
  enter(): ReleaseSlot {
    Atomics.add(this.counts, BUSY, 1);
    let hasLeft = false;
    return () => {
      if (!hasLeft) Atomics.sub(this.counts, BUSY, 1);
      hasLeft = true;
    };
  }

  /** Counts a helper if a thread is free. @returns ends it, or `null` */
  tryEnter(): ReleaseSlot | null {
    const leave = this.enter();
    if (!this.isOverbooked) return leave;
    leave();
    return null;
  }

  /** Whether more threads are busy than the process has. */
  get isOverbooked(): boolean {
    return this.busyCount > this.limit;
  }

  get busyCount(): number {
    return Atomics.load(this.counts, BUSY);
  }

  get limit(): number {
    return Atomics.load(this.counts, LIMIT);
  }
}
