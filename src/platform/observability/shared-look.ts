/**
 * Two seconds: Prometheus gives a scrape ten, and the other metrics must not wait for a database in trouble. They are
 * counted in ticks, because in a process that is busy an answer that has come is heard later than a timer.
 */
const TICK_MS = 100;
const PATIENCE_TICKS = 20;
/** A look that takes longer is given up: it may wait for an answer that was lost. */
const ABANDONED_AFTER_MS = 10_000;

/** So many times as long as it is remembered, what was found last counts while a look is late: a busy process is slow. */
const STALE_FACTOR = 5;

/** One look at something for all who ask while it takes its time, and for a while after that. */
export class SharedLook<Found> {
  private looking: Promise<Found> | undefined;
  private forgetting: NodeJS.Timeout | undefined;
  private last: { readonly found: Found; readonly at: number } | undefined;

  /** @param rememberMs for how long what was found, or that nothing was, is the answer */
  constructor(
    private readonly look: () => Promise<Found>,
    private readonly rememberMs = 0,
  ) {}

  /** @returns `null` where nothing can be seen, or not soon */
  async take(): Promise<Found | null> {
    this.looking ??= this.begin();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Found | null>((resolve) => {
      let ticks = 0;
      timer = setInterval(() => {
        ticks += 1;
        if (ticks === PATIENCE_TICKS) resolve(this.recentlyFound());
      }, TICK_MS);
    });
    return Promise.race([this.looking.catch(() => null), late]).finally(() => {
      clearInterval(timer);
    });
  }

  private begin(): Promise<Found> {
    const looking = this.look().finally(() => {
      if (this.looking === looking) this.forgetAfter(this.rememberMs);
    });
    looking.then(
      (found) => (this.last = { found, at: performance.now() }),
      () => (this.last = undefined),
    );
    this.forgetAfter(ABANDONED_AFTER_MS);
    return looking;
  }

  private recentlyFound(): Found | null {
    const { last } = this;
    return last && performance.now() - last.at < STALE_FACTOR * this.rememberMs ? last.found : null;
  }

  private forgetAfter(milliseconds: number): void {
    clearTimeout(this.forgetting);
    if (milliseconds === 0) {
      this.looking = undefined;
      return;
    }
    this.forgetting = setTimeout(() => {
      this.looking = undefined;
    }, milliseconds).unref();
  }
}
