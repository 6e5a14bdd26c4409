/** What the service expects of an export in one format. Null where it cannot tell. */
export interface Estimate {
  readonly unit: 'rows' | 'pages';
  readonly record_count: number | null;
  readonly file_size: number | null;
  readonly duration_seconds: number | null;
}

export type EstimateState =
  | { readonly name: 'pending' }
  | { readonly name: 'known'; readonly estimate: Estimate }
  | { readonly name: 'refused'; readonly error: unknown };

const FRESH_MS = 60_000;
/** The service would refuse the export itself too. */
const REFUSED = [400, 403, 404, 413, 422];
/** An earlier version of the service, which estimates nothing. */
const NO_SUCH_ROUTE = 'not-found';

/** The estimates of a menu: one for each format, asked for when the menu opens. */
export class Estimates {
  private readonly states = new Map<string, EstimateState>();
  private readAt = -Infinity;

  constructor(
    private readonly estimate: (format: string) => Promise<Estimate>,
    private readonly changed: () => void,
    private readonly now: () => number,
  ) {}

  /** @returns undefined where nothing is known: the menu then shows the format alone */
  get(format: string): EstimateState | undefined {
    return this.states.get(format);
  }

  async refresh(formats: readonly string[]): Promise<void> {
    const isFresh = this.now() - this.readAt < FRESH_MS;
    const wanted = formats.filter((format) => !isFresh || !this.states.has(format));
    this.readAt = this.now();
    for (const format of wanted) if (!this.states.has(format)) this.states.set(format, { name: 'pending' });
    this.changed();
    await Promise.all(
      wanted.map(async (format) => {
        const state = await this.read(format);
        if (state) this.states.set(format, state);
        else this.states.delete(format);
        this.changed();
      }),
    );
  }

  private async read(format: string): Promise<EstimateState | undefined> {
    try {
      return { name: 'known', estimate: await this.estimate(format) };
    } catch (error) {
      // An export can do without an estimate. What keeps both from working is shown when the user exports.
      const { status, code } = error as { status?: number; code?: string };
      const isRefused = status !== undefined && REFUSED.includes(status) && code !== NO_SUCH_ROUTE;
      return isRefused ? { name: 'refused', error } : undefined;
    }
  }
}
