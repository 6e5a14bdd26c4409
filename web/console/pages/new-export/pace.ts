/** Over so long the speed is averaged, so that it does not jump. */
const WINDOW_MS = 10_000;
const MIN_MS = 1_000;

interface Mark {
  readonly at: number;
  readonly done: number;
}

/** How fast an export makes progress. */
export class Pace {
  private marks: readonly Mark[] = [];

  /** @param at in milliseconds */
  add(at: number, done: number): void {
    // Another attempt begins again.
    const last = this.marks.at(-1);
    const kept = last && done < last.done ? [] : this.marks.filter((mark) => at - mark.at <= WINDOW_MS);
    this.marks = [...kept, { at, done }];
  }

  /** @returns null while it is not known */
  get perSecond(): number | null {
    const [first, last] = [this.marks[0], this.marks.at(-1)];
    if (!first || !last || last.at - first.at < MIN_MS || last.done <= first.done) return null;
    return ((last.done - first.done) * 1000) / (last.at - first.at);
  }

  /** @returns null while it is not known */
  secondsLeft(total: number | null): number | null {
    const { perSecond } = this;
    const done = this.marks.at(-1)?.done ?? 0;
    return perSecond === null || total === null ? null : Math.max(0, (total - done) / perSecond);
  }
}
