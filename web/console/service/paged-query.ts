import { ref } from 'vue';
import { type Query, useQuery } from './query';

/** One page of a list, as the service answers it. */
export interface ListPage<Item> {
  readonly count: number;
  /** The address of the next page. */
  readonly next: string | null;
  readonly results: readonly Item[];
}

/** What is loaded of a list. */
export interface LoadedList<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly hasMore: boolean;
}

export interface PagedQuery<Item> extends Query<LoadedList<Item>> {
  /** Loads the next page. */
  more(): void;
  /** Loads all pages. */
  all(): void;
  /** Shows a changed item; null removes it. */
  replace(id: string, item: Item | null): void;
}

interface PageRequest {
  readonly cursor?: string;
  readonly limit: number;
}

const MAX_PAGE_SIZE = 200;

/** A list that is loaded page by page. An obstacle on the way does not lose what is loaded. */
export function usePagedQuery<Item extends { readonly id: string }>(
  load: (request: PageRequest, signal: AbortSignal) => Promise<ListPage<Item>>,
  pageSize = 50,
): PagedQuery<Item> {
  const wanted = ref(pageSize);
  let items: readonly Item[] = [];
  let total = 0;
  /** The cursor of the next page; undefined before the first one, null after the last. */
  let next: string | null | undefined;

  const query = useQuery(async (signal) => {
    while (next !== null && (next === undefined || items.length < wanted.value)) {
      const limit = Math.min(MAX_PAGE_SIZE, Math.max(pageSize, wanted.value - items.length));
      const page = await load({ limit, ...(next !== undefined && { cursor: next }) }, signal);
      signal.throwIfAborted();
      // An item that arrives meanwhile moves the others.
      const known = new Set(items.map(({ id }) => id));
      items = [...items, ...page.results.filter(({ id }) => !known.has(id))];
      total = page.count;
      next = page.next === null ? null : new URL(page.next).searchParams.get('cursor');
    }
    return loaded();
  }, wanted);

  function loaded(): LoadedList<Item> {
    return { items, total, hasMore: next !== null };
  }

  return {
    ...query,
    reload() {
      [items, next] = [[], undefined];
      query.reload();
    },
    more() {
      wanted.value = items.length + pageSize;
    },
    all() {
      wanted.value = Infinity;
    },
    replace(id, item) {
      items = items.flatMap((one) => (one.id === id ? (item ?? []) : one));
      if (item === null) total -= 1;
      query.set(loaded());
    },
  };
}
