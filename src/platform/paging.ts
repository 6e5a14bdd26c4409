/** A part of a list. `nextCursor` is `null` on the last page. */
export interface Page<Item> {
  /** The size of the whole list. */
  readonly count: number;
  readonly nextCursor: string | null;
  readonly items: readonly Item[];
}

/**
 * Makes a page of rows that were read with one row more than `size`: the extra row shows that there is a next page.
 * @param count the size of the whole list
 */
export function toPage<Row extends { readonly id: string | bigint }, Item>(
  count: number,
  rows: readonly Row[],
  size: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, size);
  const last = rows.length > size ? shown.at(-1) : undefined;
  return { count, items: shown.map(toItem), nextCursor: last ? String(last.id) : null };
}
