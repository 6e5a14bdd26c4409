import { Sql, sql } from '../../platform/database/sql';
import type { LiveColumn, LiveTable } from '../model/domain/live-table';
import type { Condition, AccessPredicate, Operand, Operator, TablePlan } from '../model/domain/table-plan';
import { toSelectedColumn } from './snapshot-relation';

/** Any version, because a uuid column accepts versions that no standard defines. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** In PostgreSQL's own form, so that each number has one text. */
const WHOLE_NUMBER = /^(0|-?[1-9]\d{0,17})$/;

/** The SELECT of a plan's rows. */
export function selectRows({ table, columns, accessPredicates, conditions }: TablePlan): Sql {
  const predicates = [...accessPredicates.map(toAccessCondition), ...conditions.map(toCondition)];
  const where = predicates.length > 0 ? sql` WHERE ${Sql.join(predicates, ' AND ')}` : sql``;
  return sql`SELECT ${Sql.join(columns.map(toSelectedColumn))} FROM ${toTableName(table)}${where}`;
}

/** The tables of plans that can be locked, as SQL names. */
export function toLockableTables(plans: readonly TablePlan[]): Sql[] {
  return plans.filter(({ table }) => table.isLockable).map(({ table }) => toTableName(table));
}

function toTableName({ schema, relation }: LiveTable): Sql {
  return sql`${Sql.identifier(schema)}.${Sql.identifier(relation)}`;
}

const COMPARISONS: Readonly<Record<Exclude<Operator, 'in' | 'isNull'>, Sql>> = {
  eq: sql`=`,
  ne: sql`<>`,
  gt: sql`>`,
  gte: sql`>=`,
  lt: sql`<`,
  lte: sql`<=`,
  like: sql`LIKE`,
};

function toCondition({ column, operator, values, isNegated }: Condition): Sql {
  const name = Sql.identifier(column.name);
  if (operator === 'isNull') return isNegated ? sql`${name} IS NOT NULL` : sql`${name} IS NULL`;
  if (operator === 'in') return toMembership(column, values);
  const [value] = values;
  if (value === undefined) return sql`NULL`;
  if (typeof value === 'string') return sql`${name} ${COMPARISONS[operator]} ${toTypedLiteral(value, column)}`;
  return operator === 'ne' ? sql`NOT ${toMembership(column, values)}` : toMembership(column, values);
}

/** True if the column equals one of the values or is within one of the periods. */
function toMembership(column: LiveColumn, operands: readonly Operand[]): Sql {
  const name = Sql.identifier(column.name);
  const values = operands
    .filter((operand) => typeof operand === 'string')
    .map((value) => toTypedLiteral(value, column));
  const alternatives = operands.flatMap((operand) => {
    if (typeof operand === 'string') return [];
    const [from, before] = [toTypedLiteral(operand.from, column), toTypedLiteral(operand.before, column)];
    return [sql`(${name} >= ${from} AND ${name} < ${before})`];
  });
  if (values.length > 0) alternatives.unshift(sql`${name} IN (${Sql.join(values)})`);
  return alternatives.length === 0 ? sql`FALSE` : sql`(${Sql.join(alternatives, ' OR ')})`;
}

/** Casts the text to the column's type, so that the type's own operator compares. */
function toTypedLiteral(value: string, { type }: LiveColumn): Sql {
  return sql`${Sql.literal(value)}::${Sql.identifier(type.schema)}.${Sql.identifier(type.name)}`;
}

/**
 * Compares the owner or tenant exactly and with PostgreSQL's built-in operators. A type such as
 * citext, a collation or a user-defined operator could treat different ids as equal. Of the two
 * comparisons of a text, the first can use an index.
 */
function toAccessCondition({ column, value }: AccessPredicate): Sql {
  if (value.includes('\0')) return sql`FALSE`;
  const name = Sql.identifier(column.name);
  if (column.family === 'other' && column.type.name === 'uuid') {
    return UUID.test(value) ? sql`${name} OPERATOR(pg_catalog.=) ${Sql.literal(value)}::pg_catalog.uuid` : sql`FALSE`;
  }
  if (column.family === 'integer') {
    return WHOLE_NUMBER.test(value)
      ? sql`${name} OPERATOR(pg_catalog.=) ${Sql.literal(value)}::pg_catalog.int8`
      : sql`FALSE`;
  }
  const [text, id] = [sql`${name}::pg_catalog.text`, sql`${Sql.literal(value)}::pg_catalog.text`];
  return sql`${text} OPERATOR(pg_catalog.=) ${id} AND ${text} COLLATE pg_catalog."C" OPERATOR(pg_catalog.=) ${id}`;
}
