import type { Export, ExportList } from '@export-service/client';

/** Which exports a list shows. */
export interface ExportFilters {
  readonly status?: Export['status'];
  readonly format?: Export['format'];
  readonly kind?: Export['kind'];
}

/** The loaded part of a list, newest first. */
export interface Listing {
  readonly records: readonly Export[];
  readonly total: number;
  /** Where the next page starts; null on the last one. */
  readonly cursor: string | null;
}

/** @param known what may be newer than the page, of which the changes arrive on another way */
export function toListing(page: ExportList, known: readonly Export[] = []): Listing {
  const byId = new Map(known.map((record) => [record.id, record]));
  return {
    records: page.results.map((record) => newer(record, byId.get(record.id))),
    total: page.count,
    cursor: page.next === null ? null : new URL(page.next).searchParams.get('cursor'),
  };
}

export function withNextPage(listing: Listing, page: ExportList): Listing {
  const shown = new Set(listing.records.map(({ id }) => id));
  const { records, total, cursor } = toListing(page);
  return { records: [...listing.records, ...records.filter(({ id }) => !shown.has(id))], total, cursor };
}

/**
 * What is shown changes in place, also where it no longer matches the filters, so that nothing jumps. What is new is shown
 * where it belongs, unless that is on a page which is not loaded.
 */
export function withChange(listing: Listing, record: Export, filters: ExportFilters): Listing {
  const { records, total, cursor } = listing;
  const at = records.findIndex(({ id }) => id === record.id);
  if (at >= 0) return { ...listing, records: records.with(at, newer(record, records[at])) };
  if (!matches(record, filters)) return listing;
  const place = records.findIndex((other) => isBefore(other, record));
  if (place < 0 && cursor !== null) return listing;
  return { cursor, total: total + 1, records: records.toSpliced(place < 0 ? records.length : place, 0, record) };
}

function matches(record: Export, filters: ExportFilters): boolean {
  return Object.entries(filters).every(([field, value]) => record[field as keyof ExportFilters] === value);
}

/** The service orders by id. Ids are UUIDs of version 7: later ones are greater. */
function isBefore(one: Export, other: Export): boolean {
  return one.id < other.id;
}

function newer(record: Export, other: Export | undefined): Export {
  return other && other.updated_at > record.updated_at ? other : record;
}
