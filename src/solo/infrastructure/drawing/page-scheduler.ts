/** What draws pages of a board. */
export interface PageDrawing {
  readonly pageCount: number;
  /** Draws a page, counted from 0. Pages are drawn in the order of the calls. */
  drawPage(index: number): Promise<Uint8Array>;
  stop(): void;
}

/** Other threads that can draw pages of the same board. */
export interface DrawingHelpers {
  /** @returns a drawing of the same board, or `null` when no thread is free or the board cannot be read */
  join(): Promise<PageDrawing | null>;
  /** Whether helpers have to leave, because more threads are busy than the process has. */
  isOverbooked(): boolean;
}

/** How many pages a thread may be ahead of the reader: enough to draw and encode at the same time. */
const PAGES_AHEAD = 3;
/** To read the board in another thread takes as long as to draw a few pages. */
export const MIN_PAGES_TO_HELP = 8;

/**
 * Draws all pages by one thread, and by helpers while there are free threads.
 * @returns the files in the order of the pages
 */
export async function* drawPages(first: PageDrawing, helpers: DrawingHelpers): AsyncIterable<Uint8Array> {
  const scheduler = new PageScheduler(first, helpers);
  try {
    for (let page = 0; page < first.pageCount; page += 1) yield await scheduler.take(page);
  } finally {
    scheduler.stop();
  }
}

interface DrawingThread {
  readonly drawing: PageDrawing;
  /** Pages that it has and that are not drawn. */
  pages: number;
}

class PageScheduler {
  private readonly first: DrawingThread;
  private helping: DrawingThread[] = [];
  private readonly drawn = new Map<number, Promise<Uint8Array>>();
  /** The next page to assign. */
  private next = 0;
  /** The page that the reader waits for. */
  private taken = 0;
  private isJoining = false;
  private isStopped = false;

  constructor(
    drawing: PageDrawing,
    private readonly helpers: DrawingHelpers,
  ) {
    this.first = { drawing, pages: 0 };
  }

  /** The file of a page. Pages are taken in their order. */
  async take(page: number): Promise<Uint8Array> {
    this.taken = page;
    this.assign();
    const file = this.drawn.get(page);
    this.drawn.delete(page);
    if (file === undefined) throw new RangeError(`Page ${page} was not drawn`);
    return file;
  }

  stop(): void {
    this.isStopped = true;
    for (const { drawing } of [this.first, ...this.helping]) drawing.stop();
  }

  private assign(): void {
    if (this.isStopped) return;
    const isOverbooked = this.helpers.isOverbooked();
    const threads = isOverbooked ? [this.first] : [this.first, ...this.helping];
    const end = Math.min(this.first.drawing.pageCount, this.taken + PAGES_AHEAD * threads.length);
    while (this.next < end) {
      const thread = threads.reduce((least, other) => (other.pages < least.pages ? other : least));
      if (thread.pages >= PAGES_AHEAD) break;
      this.give(thread, this.next);
      this.next += 1;
    }
    if (isOverbooked || this.next === this.first.drawing.pageCount) this.releaseIdle();
    else void this.join();
  }

  private give(thread: DrawingThread, page: number): void {
    thread.pages += 1;
    const file = thread.drawing.drawPage(page);
    this.drawn.set(page, file);
    const settle = () => {
      thread.pages -= 1;
      this.assign();
    };
    file.then(settle, settle);
  }

  private releaseIdle(): void {
    for (const { drawing, pages } of this.helping) if (pages === 0) drawing.stop();
    this.helping = this.helping.filter(({ pages }) => pages > 0);
  }

  private async join(): Promise<void> {
    const remaining = this.first.drawing.pageCount - this.next;
    if (this.isJoining || remaining < MIN_PAGES_TO_HELP * (1 + this.helping.length)) return;
    this.isJoining = true;
    const drawing = await this.helpers.join();
    this.isJoining = false;
    if (drawing === null) return;
    this.helping.push({ drawing, pages: 0 });
    if (this.isStopped) drawing.stop();
    else this.assign();
  }
}
