/**
 * Two seconds: Prometheus gives a scrape ten, and the other metrics must not wait for a database in trouble. They are
 * counted in ticks, because in a process that is busy an answer that has come is heard later than a timer.
 */
const TICK_MS = 100;
const PATIENCE_TICKS = 20;
/** A query that takes longer is abandoned: its answer may be lost. */
const ABANDONED_AFTER_MS = 10_000;

/** While a query is late, its last result counts for so many times `maxAgeMs`: a busy process is slow. */
const STALE_FACTOR = 5;

/** One query for all callers that ask while it runs, and for a while after that. */
export class CoalescedQuery<Result> {
  private running: Promise<Result> | undefined;
  private expiry: NodeJS.Timeout | undefined;
  private last: { readonly result: Result; readonly at: number } | undefined;

  /** @param maxAgeMs how long a result, or a failure, is the answer to further callers */
  constructor(
    private readonly query: () => Promise<Result>,
    private readonly maxAgeMs = 0,
  ) {}

  /** @returns `null` when the query fails, or is late */
  async get(): Promise<Result | null> {
    this.running ??= this.begin();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Result | null>((resolve) => {
      let ticks = 0;
      timer = setInterval(() => {
        ticks += 1;
        if (ticks === PATIENCE_TICKS) resolve(this.recentResult());
      }, TICK_MS);
    });
    return Promise.race([this.running.catch(() => null), late]).finally(() => {
      clearInterval(timer);
    });
  }

  private begin(): Promise<Result> {
    const running = this.query().finally(() => {
      if (this.running === running) this.forgetAfter(this.maxAgeMs);
    });
    running.then(
      (result) => (this.last = { result, at: performance.now() }),
      () => (this.last = undefined),
    );
    this.forgetAfter(ABANDONED_AFTER_MS);
    return running;
  }

  private recentResult(): Result | null {
    const { last } = this;
    return last && performance.now() - last.at < STALE_FACTOR * this.maxAgeMs ? last.result : null;
  }

  private forgetAfter(milliseconds: number): void {
    clearTimeout(this.expiry);
    if (milliseconds === 0) {
      this.running = undefined;
      return;
    }
    this.expiry = setTimeout(() => {
      this.running = undefined;
    }, milliseconds).unref();
  }
}
