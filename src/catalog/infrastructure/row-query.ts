import { isUUID } from 'class-validator';
import { Sql, sql } from '../../platform/postgres/sql';
import type { LiveColumn, LiveTable } from '../model/domain/live-table';
import type { Condition, Confinement, Operator, TablePlan } from '../model/domain/table-plan';
import { selected } from './snapshot-relation';

/** The SELECT that gives the rows of a plan. */
export function rowsOf({ table, columns, confinements, conditions }: TablePlan): Sql {
  const all = [...confinements.map(confinementOf), ...conditions.map(conditionOf)];
  const where = all.length > 0 ? sql` WHERE ${Sql.join(all, ' AND ')}` : sql``;
  return sql`SELECT ${Sql.join(columns.map(selected))} FROM ${tableOf(table)}${where}`;
}

function tableOf({ schema, relation }: LiveTable): Sql {
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

function conditionOf({ column, operator, values, isNegated }: Condition): Sql {
  const name = Sql.identifier(column.name);
  if (operator === 'isNull') return isNegated ? sql`${name} IS NOT NULL` : sql`${name} IS NULL`;
  const operands = values.map((value) => valueOf(value, column));
  if (operator === 'in') return operands.length === 0 ? sql`FALSE` : sql`${name} IN (${Sql.join(operands)})`;
  return sql`${name} ${COMPARISONS[operator]} ${operands[0] ?? sql`NULL`}`;
}

/** The database reads the text as a value of the column's own type, so that the comparison is that of the type. */
function valueOf(value: string, { type }: LiveColumn): Sql {
  return sql`${Sql.literal(value)}::${Sql.identifier(type.schema)}.${Sql.identifier(type.name)}`;
}

/** A name that is no value of the column's type owns no row; nothing is asked of the database that it would refuse. */
function confinementOf({ column, value }: Confinement): Sql {
  const name = Sql.identifier(column.name);
  if (value.includes('\0')) return sql`FALSE`;
  if (column.family === 'text') return sql`${name} = ${valueOf(value, column)}`;
  if (column.type.name === 'uuid') return isUUID(value) ? sql`${name} = ${valueOf(value, column)}` : sql`FALSE`;
  if (column.family === 'integer' && !/^-?\d{1,18}$/.test(value)) return sql`FALSE`;
  return sql`${name}::pg_catalog.text = ${Sql.literal(value)}`;
}
