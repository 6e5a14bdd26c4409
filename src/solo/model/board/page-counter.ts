import type { JsonListener } from '../../../platform/json/json-scanner';

/** How many levels below the state are of interest: its root, the list of its pages, the pages. */
export const PAGE_LEVELS = 3;

/** Counts the pages of a state while its JSON is scanned, as `readBoard` finds them. */
export class PageCounter implements JsonListener {
  /** Whether the last member was named `pages`: as in `JSON.parse`, of several the last counts. */
  private isPages = false;
  private hasList = false;
  private pages = 0;

  /**
   * @param outerDepth how many containers the state is in
   * @param onPage called for each page with their number up to now
   */
  constructor(
    private readonly outerDepth: number,
    private readonly onPage: (pages: number) => void = () => undefined,
  ) {}

  /** At least 1: a board without pages is one empty page, and the oldest states are one page themselves. */
  get pageCount(): number {
    return this.hasList ? Math.max(1, this.pages) : 1;
  }

  onOpen(depth: number, isArray: boolean): void {
    const level = depth - this.outerDepth;
    if (!this.isPages) return;
    if (level === 2) this.hasList = isArray;
    else if (level === 3 && this.hasList && !isArray) {
      this.pages += 1;
      this.onPage(this.pages);
    }
  }

  onMember(depth: number, name: string | null): void {
    if (depth - this.outerDepth !== 1) return;
    this.isPages = name === 'pages';
    if (!this.isPages) return;
    this.hasList = false;
    this.pages = 0;
  }
}
