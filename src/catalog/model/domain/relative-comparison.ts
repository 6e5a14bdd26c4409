import type { LiveColumn } from './live-table';
import type { ReferenceTime, Span } from './relative-time';
import type { Operand, Operator, Period } from './table-plan';

/** A comparison with absolute times, as the database makes it. */
export interface Comparison {
  readonly operator: Operator;
  readonly value: Operand;
}

/** To which end of a period each operator compares: `gt` a day means `gte` the end of that day. */
const ENDS: Readonly<Partial<Record<Operator, readonly [Operator, keyof Period]>>> = {
  gte: ['gte', 'from'],
  gt: ['gte', 'before'],
  lte: ['lt', 'before'],
  lt: ['lt', 'from'],
};

/** Whether a column has dates or times, to which relative times can be compared. */
export function isTemporal({ family }: LiveColumn): boolean {
  return family === 'date' || family === 'timestamp' || family === 'timestamptz';
}

/** Times of day, ranges and arrays of times: PostgreSQL would read a relative word by its own clock. */
const MADE_OF_TIMES = /^_?(time|date|tstz|tsrange|tsmultirange)/;

/** Whether the values of a column contain times but are no dates or times themselves. */
export function isMadeOfTimes({ family, type }: LiveColumn): boolean {
  return family === 'other' && MADE_OF_TIMES.test(type.name);
}

/** Translates the comparison of a column with a relative time. */
export function toComparison(operator: Operator, span: Span, column: LiveColumn, reference: ReferenceTime): Comparison {
  const value = toOperand(span, column, reference);
  if (typeof value === 'string') return { operator, value };
  const [comparison, end] = ENDS[operator] ?? [];
  return comparison && end ? { operator: comparison, value: value[end] } : { operator, value };
}

/** For a column of dates, a moment or an hour is the day that contains it. */
function toOperand({ start, end }: Span, { family }: LiveColumn, reference: ReferenceTime): Operand {
  const format = (moment: number) => (family === 'date' ? reference.formatDay(moment) : reference.formatMoment(moment));
  const from = format(start);
  if (end === null) return from;
  const before = format(end);
  return family === 'date' && from === before ? from : { from, before };
}
