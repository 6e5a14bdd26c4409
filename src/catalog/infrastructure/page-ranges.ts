import type { PageRange } from './row-query';

/**
 * How many bytes of a table one connection reads at a time. Smaller ranges cost more statements; larger ones wait in memory
 * longer, and give a connection back later.
 */
export const RANGE_BYTES = 8 * 1024 * 1024;

/** The size of a table or partition. */
export interface PageCount {
  readonly pages: number;
  /** With its long values, which are stored apart. */
  readonly bytes: number;
}

/** Some pages of one of several tables. */
export interface TableRange extends PageRange {
  /** The index of the table. */
  readonly table: number;
}

/** The ranges of tables that are read one after the other; each is calculated when it is asked for. */
export class PageRanges {
  readonly count: number;
  private readonly tables: readonly { readonly first: number; readonly count: number; readonly pages: number }[];

  constructor(sizes: readonly PageCount[], rangeBytes: number) {
    let first = 0;
    this.tables = sizes.map(({ pages, bytes }) => {
      const perRange = Math.max(1, Math.floor(rangeBytes / Math.max(1, bytes / Math.max(1, pages))));
      const table = { first, count: Math.max(1, Math.ceil(pages / perRange)), pages: perRange };
      first += table.count;
      return table;
    });
    this.count = first;
  }

  /** @param index from 0 */
  at(index: number): TableRange {
    let [low, high] = [0, this.tables.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.tables[middle]?.first ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    const table = this.tables[low];
    if (!table || index < 0 || index >= this.count) throw new RangeError(`There is no range ${index}`);
    const range = index - table.first;
    const from = range * table.pages;
    // The last one has no end: pages may be added after the size was read.
    return { table: low, from, before: range === table.count - 1 ? null : from + table.pages };
  }
}
