import type { Schedule, ScheduleList, ScheduleListQuery } from '@export-service/client';
import { cursorOf } from '../cursor';

/** What is loaded of a list. */
export interface LoadedSchedules {
  readonly items: readonly Schedule[];
  readonly total: number;
  /** The cursor of the next page; null on the last. */
  readonly next: string | null;
}

type LoadPage = (query: ScheduleListQuery, signal?: AbortSignal) => Promise<ScheduleList>;

/** The schedules of a list, page by page, and what changes do to them. */
export function useSchedulePages(loadPage: LoadPage) {
  const toLoaded = ({ results, count, next }: ScheduleList): LoadedSchedules => ({
    items: results,
    total: count,
    next: cursorOf(next),
  });
  return {
    load: async (signal: AbortSignal): Promise<LoadedSchedules> => toLoaded(await loadPage({}, signal)),

    async more(loaded: LoadedSchedules): Promise<LoadedSchedules> {
      if (loaded.next === null) return loaded;
      const page = toLoaded(await loadPage({ cursor: loaded.next }));
      return { ...page, items: [...loaded.items, ...page.items] };
    },

    replace: (loaded: LoadedSchedules, changed: Schedule): LoadedSchedules => ({
      ...loaded,
      items: loaded.items.map((one) => (one.id === changed.id ? changed : one)),
    }),

    remove: (loaded: LoadedSchedules, id: string): LoadedSchedules => ({
      ...loaded,
      items: loaded.items.filter((one) => one.id !== id),
      total: loaded.total - 1,
    }),
  };
}
