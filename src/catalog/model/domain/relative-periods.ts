import { type ReferenceTime, RelativeTime } from './relative-time';

/** A relative time of the filters, at one moment. */
export interface RelativePeriod {
  /** Where the filters have it, such as `transactions.created_at.gte`. */
  readonly field: string;
  /** Such as `now-7d`. */
  readonly value: string;
  /** With the offset of the time zone. */
  readonly from: string;
  /** The end of the period, which is not included; `null` where the value is a single moment. */
  readonly before: string | null;
}

interface RelativeFilter {
  readonly field: string;
  readonly value: string;
  readonly time: RelativeTime;
}

/** Each is resolved for each run of a preview. */
const MAX_RELATIVE_FILTERS = 20;
/** Tables, columns, operators, and the items of lists. */
const MAX_DEPTH = 4;

/** The relative times in the filters of a request, which need not be valid. */
export class RelativeFilters {
  private constructor(private readonly found: readonly RelativeFilter[]) {}

  /** Reads the first of them, if there are many. */
  static in(filters: unknown): RelativeFilters {
    return new RelativeFilters(Array.from(take(MAX_RELATIVE_FILTERS, relativeTimesIn(filters, '', MAX_DEPTH))));
  }

  /** What each of them means at a moment. Times outside of the years 1 to 9999 are left out. */
  periodsAt(reference: ReferenceTime): RelativePeriod[] {
    return this.found.flatMap(({ field, value, time }) => {
      const span = time.at(reference.now, reference.zone);
      if (!span) return [];
      const before = span.end === null ? null : reference.formatMoment(span.end);
      return [{ field, value, from: reference.formatMoment(span.start), before }];
    });
  }
}

function* relativeTimesIn(value: unknown, field: string, depth: number): Generator<RelativeFilter> {
  if (typeof value === 'string') {
    const time = RelativeTime.parse(value);
    if (time) yield { field, value, time };
  } else if (typeof value === 'object' && value !== null && depth > 0) {
    for (const [name, member] of Object.entries(value)) {
      yield* relativeTimesIn(member, field === '' ? name : `${field}.${name}`, depth - 1);
    }
  }
}

function* take<Item>(count: number, items: Iterable<Item>): Generator<Item> {
  let taken = 0;
  for (const item of items) {
    if (taken++ === count) return;
    yield item;
  }
}
