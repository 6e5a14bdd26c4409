/** How fast rows may be read: so many units a second. */
export interface PaceLimit {
  readonly unit: 'bytes' | 'rows';
  readonly perSecond: number;
}

const NANOSECONDS = 1e9;

/**
 * Slows down reading to a limit that all readers of a process share. Its only state is the moment until which the reading so
 * far uses up the limit, in memory that threads can share.
 */
export class Pace {
  private readonly usedUntil: BigInt64Array;

  /** @param limit `null` for none */
  constructor(
    private readonly limit: PaceLimit | null,
    readonly memory: SharedArrayBuffer = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT),
  ) {
    this.usedUntil = new BigInt64Array(memory);
  }

  /** @returns for how many milliseconds to wait before anything more is read */
  spend(bytes: number, rows: number): number {
    if (!this.limit) return 0;
    const units = this.limit.unit === 'bytes' ? bytes : rows;
    const cost = BigInt(Math.round((units / this.limit.perSecond) * NANOSECONDS));
    // The clock of all threads of a process.
    const now = process.hrtime.bigint();
    for (;;) {
      const before = Atomics.load(this.usedUntil, 0);
      const after = (before > now ? before : now) + cost;
      if (Atomics.compareExchange(this.usedUntil, 0, before, after) === before) return Number(after - now) / 1e6;
    }
  }
}
