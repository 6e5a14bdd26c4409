/** How far an export was at a moment. */
interface Sample {
  readonly at: number;
  readonly done: number;
}

/** The fields of an export that its pace follows from. */
export interface Progressing {
  readonly status: string;
  readonly progress: { readonly done: number; readonly total: number | null };
  /** Without these two, the speed is known once progress was seen. */
  readonly started_at?: string | null;
  readonly updated_at?: string;
}

export interface Pace {
  /** Rows or pages. */
  readonly perSecond: number;
  /** Null while the total is unknown. */
  readonly secondsLeft: number | null;
}

const WINDOW_MS = 30_000;
const MIN_SPAN_MS = 900;

/** What an export did during the last seconds, of which its speed and the time left follow. */
export class ProgressHistory {
  private samples: Sample[] = [];

  /** @param at when the state was received, in milliseconds since 1970 */
  add({ progress: { done } }: Progressing, at: number): void {
    const last = this.samples.at(-1);
    // Another attempt starts from the beginning.
    if (last && done < last.done) this.samples = [];
    else if (last?.done === done) return;
    this.samples.push({ at, done });
    const start = this.samples.findLastIndex((sample) => at - sample.at >= WINDOW_MS);
    if (start > 0) this.samples.splice(0, start);
  }

  /** @returns null where nothing is known yet */
  paceOf(record: Progressing, now: number): Pace | null {
    const { done, total } = record.progress;
    if (record.status !== 'processing' || done === 0) return null;
    const perSecond = this.recentSpeed(now) ?? averageSpeed(record);
    if (perSecond === null || perSecond <= 0) return null;
    return { perSecond, secondsLeft: total === null ? null : Math.max(0, total - done) / perSecond };
  }

  /** Within the window. The speed of an export that stands still sinks. */
  private recentSpeed(now: number): number | null {
    const [first, last] = [this.samples.at(0), this.samples.at(-1)];
    if (!first || !last || last.at - first.at < MIN_SPAN_MS) return null;
    const step = (last.at - first.at) / (this.samples.length - 1);
    // The next sample is expected after one step: until then, the time since the last one says nothing.
    const until = Math.max(last.at, now - 2 * step);
    return ((last.done - first.done) / (until - first.at)) * 1000;
  }
}

/** Since the start, by the clock of the service. */
function averageSpeed({
  progress: { done },
  started_at: startedAt,
  updated_at: updatedAt,
}: Progressing): number | null {
  if (startedAt == null || updatedAt === undefined) return null;
  const tookMs = Date.parse(updatedAt) - Date.parse(startedAt);
  return tookMs < MIN_SPAN_MS ? null : (done / tookMs) * 1000;
}

/** As precise as people want it: 5 seconds, and below two minutes no more than steps of 5. */
export function roundTimeLeft(seconds: number): number {
  const step = seconds < 100 ? 5 : 1;
  return Math.max(step, Math.ceil(seconds / step) * step);
}
