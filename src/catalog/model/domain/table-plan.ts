import type { LiveColumn, LiveTable } from './live-table';

/** What a column is compared with. */
export const OPERATORS = ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'like', 'isNull'] as const;
export type Operator = (typeof OPERATORS)[number];

/** One condition that the rows have to meet. */
export interface Condition {
  /** Where the request says it, for what there is to say about it: `filters.transactions.amount.gte`. */
  readonly field: string;
  readonly column: LiveColumn;
  readonly operator: Operator;
  /** As text, whatever the column's type: the database reads it as that type. One but for `in`; none for `isNull`. */
  readonly values: readonly string[];
  /** Only for `isNull`: which of the two is meant. */
  readonly isNegated: boolean;
}

/** A column that must have this value: the owner's, or the tenant's. */
export interface Confinement {
  readonly column: LiveColumn;
  readonly value: string;
}

/** What is read of one table. */
export interface TablePlan {
  readonly table: LiveTable;
  readonly section: string;
  readonly columns: readonly LiveColumn[];
  readonly confinements: readonly Confinement[];
  readonly conditions: readonly Condition[];
}
