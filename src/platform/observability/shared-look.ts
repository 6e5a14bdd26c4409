/** Prometheus gives a scrape ten seconds; the other metrics must not wait for a database in trouble. */
const PATIENCE_MS = 2_000;

/** One look at something for several gauges of a scrape, and for whoever asks while it takes its time. */
export class SharedLook<Found> {
  private looking: Promise<Found> | undefined;

  constructor(private readonly look: () => Promise<Found>) {}

  /** @returns `null` where nothing can be seen, or not soon */
  async take(): Promise<Found | null> {
    this.looking ??= this.look().finally(() => {
      this.looking = undefined;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, null);
    });
    return Promise.race([this.looking.catch(() => null), late]).finally(() => {
      clearTimeout(timer);
    });
  }
}
