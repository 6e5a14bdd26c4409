import type { LiveColumn, LiveTable } from './live-table';

/** What a column is compared with. */
export const OPERATORS = ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'like', 'isNull'] as const;
export type Operator = (typeof OPERATORS)[number];

/** A piece of time, as texts like any other value; its end is not in it. */
export interface Period {
  readonly from: string;
  readonly before: string;
}

/** What `eq`, `ne` and `in` may ask for besides one value: that it lies in a period. */
export type Operand = string | Period;

/** One condition that the rows have to meet. */
export interface Condition {
  /** Where the request says it, for what there is to say about it: `filters.transactions.amount.gte`. */
  readonly field: string;
  readonly column: LiveColumn;
  readonly operator: Operator;
  /** As text, whatever the column's type: the database reads it as that type. One but for `in`; none for `isNull`. */
  readonly values: readonly Operand[];
  /** Whether a value was told relative to the moment of the request. */
  readonly isRelative: boolean;
  /** Only for `isNull`: which of the two is meant. */
  readonly isNegated: boolean;
}

/** A column that must have this value: the owner's, or the tenant's. */
export interface AccessPredicate {
  readonly column: LiveColumn;
  readonly value: string;
}

/** What is read of one table. */
export interface TablePlan {
  readonly table: LiveTable;
  readonly section: string;
  readonly columns: readonly LiveColumn[];
  readonly accessPredicates: readonly AccessPredicate[];
  readonly conditions: readonly Condition[];
}

/** Whether the rows depend on when they were asked for. */
export function isRelative({ conditions }: TablePlan): boolean {
  return conditions.some((condition) => condition.isRelative);
}
