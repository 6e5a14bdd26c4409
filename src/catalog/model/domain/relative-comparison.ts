import type { LiveColumn } from './live-table';
import type { ReferenceTime } from './reference-time';
import type { Span } from './relative-time';
import type { Operand, Operator, Period } from './table-plan';

/** A comparison in the words of the database. */
export interface Comparison {
  readonly operator: Operator;
  readonly value: Operand;
}

/** Which end of a whole day, or another unit, a comparison is with: what is after a day is not before its end. */
const ENDS: Readonly<Partial<Record<Operator, readonly [Operator, keyof Period]>>> = {
  gte: ['gte', 'from'],
  gt: ['gte', 'before'],
  lte: ['lt', 'before'],
  lt: ['lt', 'from'],
};

/** Whether a column holds dates or times, so that a relative time means something to it. */
export function isTemporal({ family }: LiveColumn): boolean {
  return family === 'date' || family === 'timestamp' || family === 'timestamptz';
}

/** Times of day, and ranges and lists of times: PostgreSQL would take the words for a moment of its own. */
const MADE_OF_TIMES = /^_?(time|date|tstz|tsrange|tsmultirange)/;

/** Whether a column's values hold times without being dates or times themselves. */
export function isMadeOfTimes({ family, type }: LiveColumn): boolean {
  return family === 'other' && MADE_OF_TIMES.test(type.name);
}

/** What it comes to that a column is compared with a span. */
export function compared(operator: Operator, span: Span, column: LiveColumn, present: ReferenceTime): Comparison {
  const value = operandOf(span, column, present);
  if (typeof value === 'string') return { operator, value };
  const [comparison, end] = ENDS[operator] ?? [];
  return comparison && end ? { operator: comparison, value: value[end] } : { operator, value };
}

/** To a column of days a moment, and an hour too, is the day that it lies in. */
function operandOf({ start, end }: Span, { family }: LiveColumn, present: ReferenceTime): Operand {
  const textOf = (moment: number) => (family === 'date' ? present.dayOf(moment) : present.textOf(moment));
  const from = textOf(start);
  if (end === null) return from;
  const before = textOf(end);
  return family === 'date' && from === before ? from : { from, before };
}
