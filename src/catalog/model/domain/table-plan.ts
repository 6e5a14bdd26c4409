import type { Column } from '../../../formats';

/** The column that limits rows to a tenant. */
export const TENANT_COLUMN = 'tenant_id';

/** A column of the database. */
export interface LiveColumn extends Column {
  /** Whether the type is `money`, whose text depends on the locale. */
  readonly isMoney: boolean;
}

/** A table or view of the database. */
export interface LiveTable {
  /** The name in the catalog: with the schema, unless that is `public`. */
  readonly name: string;
  readonly schema: string;
  readonly relation: string;
  /** Whether a lock protects its rows: not for foreign tables and materialized views. */
  readonly isLockable: boolean;
  /** In the order of the table. */
  readonly columns: readonly LiveColumn[];
}

/** The operators of filters. */
export const OPERATORS = ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'like', 'isNull'] as const;
export type Operator = (typeof OPERATORS)[number];

/** A period of time: `from` is included, `before` is not. */
export interface Period {
  readonly from: string;
  readonly before: string;
}

/** A value, or for `eq`, `ne` and `in` a period that contains it. */
export type Operand = string | Period;

/** A condition that every exported row meets. */
export interface Condition {
  /** The path in the request, for error messages: `filters.transactions.amount.gte`. */
  readonly field: string;
  readonly column: LiveColumn;
  readonly operator: Operator;
  /**
   * As text, which the database casts to the column's type. Several for `in`, none for `isNull`,
   * else one.
   */
  readonly values: readonly Operand[];
  /** Whether a value was relative to the time of the request. */
  readonly isRelative: boolean;
  /** For `isNull` only: whether it means IS NOT NULL. */
  readonly isNegated: boolean;
}

/**
 * Restricts the rows to those that the caller may read: a column must have the value of the owner
 * or the tenant.
 */
export interface AccessPredicate {
  readonly column: LiveColumn;
  readonly value: string;
}

/** What is read from one table. */
export interface TablePlan {
  readonly table: LiveTable;
  readonly section: string;
  readonly columns: readonly LiveColumn[];
  readonly accessPredicates: readonly AccessPredicate[];
  readonly conditions: readonly Condition[];
}

/** Whether the rows depend on the time of the request. */
export function isRelative({ conditions }: TablePlan): boolean {
  return conditions.some((condition) => condition.isRelative);
}
