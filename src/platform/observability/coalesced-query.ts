/**
 * Two seconds: a scrape of Prometheus may take ten, and other metrics must not wait for a slow database. The time is counted
 * in ticks, because a busy process may run a timer before it handles a result that arrived earlier.
 */
const TICK_MS = 100;
const MAX_WAIT_TICKS = 20;
/** A query that takes longer is abandoned: its result may never come. */
const ABANDONED_AFTER_MS = 10_000;

/** While a query is late, its last result is used for this multiple of `maxAgeMs`. */
const STALE_FACTOR = 5;

/** Runs one query for all callers that need it at the same time, and caches its result briefly. */
export class CoalescedQuery<Result> {
  private running: Promise<Result> | undefined;
  /** When the query that runs is abandoned, or the outcome of the last one is too old. */
  private expiresAt = 0;
  private last: { readonly result: Result; readonly at: number } | undefined;

  /** @param maxAgeMs how long a result or a failure is returned to further callers */
  constructor(
    private readonly query: () => Promise<Result>,
    private readonly maxAgeMs = 0,
  ) {}

  /** @returns `null` when the query fails or is late */
  async get(): Promise<Result | null> {
    if (this.running === undefined || performance.now() >= this.expiresAt) this.running = this.begin();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Result | null>((resolve) => {
      let ticks = 0;
      timer = setInterval(() => {
        ticks += 1;
        if (ticks === MAX_WAIT_TICKS) resolve(this.recentResult());
      }, TICK_MS);
    });
    return Promise.race([this.running.catch(() => null), late]).finally(() => {
      clearInterval(timer);
    });
  }

  private begin(): Promise<Result> {
    const running = this.query().finally(() => {
      if (this.running === running) this.expiresAt = performance.now() + this.maxAgeMs;
    });
    running.then(
      (result) => (this.last = { result, at: performance.now() }),
      () => (this.last = undefined),
    );
    this.expiresAt = performance.now() + ABANDONED_AFTER_MS;
    return running;
  }

  private recentResult(): Result | null {
    const { last } = this;
    return last && performance.now() - last.at < STALE_FACTOR * this.maxAgeMs ? last.result : null;
  }
}
