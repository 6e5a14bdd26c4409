import type { Page } from '../../src/platform/paging';

/** The newest of the rows that come after the cursor. */
export function pageOf<Row extends { readonly id: string }, Item>(
  all: readonly Row[],
  size: number,
  cursor: string | undefined,
  toItem: (row: Row) => Item,
): Page<Item> {
  const rest = all
    .filter(({ id }) => cursor === undefined || id < cursor)
    .sort((one, other) => (one.id < other.id ? 1 : -1));
  const shown = rest.slice(0, size);
  const nextCursor = rest.length > size ? (shown.at(-1)?.id ?? null) : null;
  return { count: all.length, items: shown.map(toItem), nextCursor };
}
