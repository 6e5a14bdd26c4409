import type { Collection, CollectionItem, Drawing, ExportWarning, JsonDocument } from './content';
import type { FileSummary, ReportProgress } from './writer';

/** Warnings about items that are in the file. Those about missing items are always listed: the record must name them. */
const MAX_ITEM_WARNINGS = 100;

/** What became of an item. */
export interface ItemOutcome {
  readonly item: CollectionItem;
  /** The number of pages in the file. */
  readonly pages: number;
  /** Why pages are missing; `null` for a complete item. */
  readonly reason: string | null;
}

/** An opened item, for the code that writes it. */
export interface OpenedItem<Content extends Drawing | JsonDocument> {
  readonly item: CollectionItem;
  readonly content: Content;
  /** Reports how many pages are drawn that are not in the file yet. */
  readonly reportDrawn: (drawn: number) => void;
  /** Reports how many pages of the item are in the file. */
  readonly reportPages: (written: number) => void;
}

/**
 * Opens the items of a collection one after the other, so that one is in memory at a time. An item that fails is left out,
 * and the file goes on with the next one.
 */
export class CollectionReader<Content extends Drawing | JsonDocument> {
  readonly outcomes: ItemOutcome[] = [];
  private readonly warnings: ExportWarning[] = [];
  private hiddenWarnings = 0;
  private done = 0;
  private total: number;

  constructor(
    private readonly collection: Collection,
    private readonly report: ReportProgress,
  ) {
    this.total = collection.items.reduce((sum, { pageCount }) => sum + pageCount, 0);
  }

  /**
   * @param write writes one item, and yields its parts
   * @throws the error of the collection when no page of any item could be written
   */
  async *read<Part>(write: (opened: OpenedItem<Content>) => AsyncIterable<Part>): AsyncGenerator<Part> {
    this.reportDone(0);
    for (const item of this.collection.items) yield* this.readItem(item, write);
    const [first] = this.outcomes;
    if (this.outcomes.every(({ pages }) => pages === 0)) throw this.collection.failWith(first?.reason ?? '');
  }

  /** Final once everything has been read. */
  summary(): FileSummary {
    const missing = this.outcomes.flatMap(({ item, pages, reason }): ExportWarning[] => {
      if (reason === null) return [];
      const what = pages === 0 ? 'is missing' : `has only its first ${pages === 1 ? 'page' : `${pages} pages`}`;
      return [{ code: 'board-missing', text: `${item.label} ${what}: ${reason}` }];
    });
    const more: ExportWarning[] =
      this.hiddenWarnings === 0 ? [] : [{ code: 'more-warnings', text: `${this.hiddenWarnings} more like these.` }];
    const pageCount = this.outcomes.reduce((sum, { pages }) => sum + pages, 0);
    return { pageCount, recordCount: null, warnings: [...missing, ...this.warnings, ...more] };
  }

  private async *readItem<Part>(
    item: CollectionItem,
    write: (opened: OpenedItem<Content>) => AsyncIterable<Part>,
  ): AsyncGenerator<Part> {
    let pages = 0;
    let reason: string | null = null;
    let content: Content | null = null;
    try {
      content = (await item.open()) as Content;
      // The board may have gained or lost pages since the request.
      this.total += content.pageCount - item.pageCount;
      const reportDrawn = (drawn: number) => {
        this.reportDone(drawn);
      };
      const reportPages = (written: number) => {
        pages = written;
        this.reportDone(pages);
      };
      yield* write({ item, content, reportDrawn, reportPages });
    } catch (error) {
      reason = this.collection.explain(error);
      if (reason === null) throw error;
    }
    if (content?.kind === 'drawing') this.warn(item, content.warnings);
    this.outcomes.push({ item, pages, reason });
    // Pages that are missing are done as well: nothing more happens to them.
    this.done += content?.pageCount ?? item.pageCount;
    this.reportDone(0);
  }

  private warn({ label }: CollectionItem, warnings: readonly ExportWarning[]): void {
    const shown = warnings.slice(0, Math.max(0, MAX_ITEM_WARNINGS - this.warnings.length));
    this.warnings.push(...shown.map(({ code, text }) => ({ code, text: `${label}: ${text}` })));
    this.hiddenWarnings += warnings.length - shown.length;
  }

  private reportDone(pages: number): void {
    this.report({ done: this.done + pages, total: this.total, unit: 'pages' });
  }
}
