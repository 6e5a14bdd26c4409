import { Sql, sql } from '../../platform/database/sql';
import type {
  LiveColumn,
  LiveTable,
  Condition,
  AccessPredicate,
  Operand,
  Operator,
  TablePlan,
} from '../model/domain/table-plan';
import type { Column, Projection, Relation, RenderedRows } from '../../formats';
import type { Snapshot } from '../../platform/database/snapshot';
import type { SplitQuery } from '../../platform/database/split-copy';
import { DomainError } from '../../platform/errors/domain-error';

/** Any version, because a uuid column accepts versions that no standard defines. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** In PostgreSQL's own form, so that each number has one text. */
const WHOLE_NUMBER = /^(0|-?[1-9]\d{0,17})$/;

/**
 * The SELECT of a plan's rows.
 * @param part restricts the table to a part of its rows
 */
export function selectRows(plan: TablePlan, part = sql``): Sql {
  return selectFrom(sql`${toTableName(plan.table)}${part}`, plan);
}

/**
 * The SELECT of a plan's rows that are in some pages of a table.
 * @param leaf the table, or a partition or an heir of it
 */
export function selectPages(plan: TablePlan, leaf: Sql, { from, before }: PageRange): Sql {
  const first = sql`ctid >= ${toRowId(from)}`;
  return selectFrom(sql`ONLY ${leaf}`, plan, before === null ? [first] : [first, sql`ctid < ${toRowId(before)}`]);
}

/** Pages of a table: `from` is included, `before` is not; `null` is the end. */
export interface PageRange {
  readonly from: number;
  readonly before: number | null;
}

function toRowId(page: number): Sql {
  return sql`${Sql.literal(`(${page},0)`)}::pg_catalog.tid`;
}

/** The SELECT of one column of a plan's rows, as the table has it. */
export function selectColumn(plan: TablePlan, column: Sql): Sql {
  return sql`SELECT ${column} FROM ${toTableName(plan.table)}${toWhere(plan)}`;
}

function selectFrom(from: Sql, plan: TablePlan, pages: readonly Sql[] = []): Sql {
  return sql`SELECT ${Sql.join(plan.columns.map(toSelectedColumn))} FROM ${from}${toWhere(plan, pages)}`;
}

function toWhere({ accessPredicates, conditions }: TablePlan, pages: readonly Sql[] = []): Sql {
  const predicates = [...pages, ...accessPredicates.map(toAccessCondition), ...conditions.map(toCondition)];
  return predicates.length > 0 ? sql` WHERE ${Sql.join(predicates, ' AND ')}` : sql``;
}

/** The tables of plans that can be locked, as SQL names. */
export function toLockableTables(plans: readonly TablePlan[]): Sql[] {
  return plans.filter(({ table }) => table.isLockable).map(({ table }) => toTableName(table));
}

export function toTableName({ schema, relation }: Pick<LiveTable, 'schema' | 'relation'>): Sql {
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

/** The rows of a query in a snapshot. */
export class SnapshotRelation implements Relation {
  /**
   * @param rows a SELECT of `columns`, made with `toSelectedColumn`
   * @param rowCount `null` if the rows were not counted
   * @param ranges the same rows as several queries, `null` if one reads them
   */
  constructor(
    private readonly snapshot: Snapshot,
    readonly name: string,
    readonly section: string,
    readonly columns: readonly Column[],
    private readonly rows: Sql,
    readonly rowCount: number | null,
    private readonly ranges: SplitQuery | null = null,
  ) {}

  render({ select, as, setting, lendsChunks }: Projection, onProgress?: (rows: number) => void): RenderedRows {
    const toRendered = (rows: Sql) => sql`SELECT ${select} FROM (${rows}) AS "row"`;
    const { ranges } = this;
    const use = { onProgress, setting, lendsChunks };
    const copied = ranges
      ? this.snapshot.copySplit({ ...ranges, range: (index) => toRendered(ranges.range(index)) }, as, use)
      : this.snapshot.copy(toRendered(this.rows), as, use);
    return {
      [Symbol.asyncIterator]: () => this.chunksOf(copied),
      count: () => copied.count(),
      settings: () => copied.settings(),
    };
  }

  async sample(select: readonly Sql[], rows: number): Promise<(string | null)[]> {
    const texts = Sql.join(select.map((expression) => sql`(${expression})::text`));
    const statement = sql`SELECT ARRAY[${texts}] AS values FROM (${this.rows} LIMIT ${Sql.integer(rows)}) AS "row"`;
    try {
      const [sampled] = await this.snapshot.query<{ values: (string | null)[] }>(statement);
      return sampled?.values ?? [];
    } catch (error) {
      throw toRowError(this.name, error);
    }
  }

  private async *chunksOf(copied: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* copied;
    } catch (error) {
      throw toRowError(this.name, error);
    }
  }
}

/**
 * Selects a column as relations need it: all text types as `text`, char(n) with its padding, money
 * as a number.
 */
export function toSelectedColumn({ name, type, family, isMoney }: LiveColumn): Sql {
  const column = Sql.identifier(name);
  if (isMoney) return sql`${column}::pg_catalog.numeric AS ${column}`;
  if (family !== 'text' || type.name === 'text') return column;
  // A cast from char(n) to text would remove the padding.
  if (type.name === 'bpchar') return sql`textin(bpcharout(${column})) AS ${column}`;
  return sql`${column}::pg_catalog.text AS ${column}`;
}

/** SQLSTATE classes of errors in the rows or their query, which every retry would meet again. */
const PERMANENT_ERROR = /^(21|22|42|54|P0)/;

/** Our own texts: PostgreSQL's message can contain the value that caused the error. */
const REASONS: Readonly<Record<string, string>> = {
  '21000': 'a subquery returned more than one row',
  '22003': 'a number is out of range',
  '22007': 'a text is not a date or time',
  '22008': 'a date or time is out of range',
  '22012': 'division by zero',
  '22021': 'a text has characters that cannot be represented',
  '22P02': 'a text is not a value of its type',
  '42501': 'the service is not allowed to read them',
};

/**
 * Turns a permanent error into the failure of an export. A transient error, such as a lost
 * connection, is returned as it is.
 */
export function toRowError(table: string, error: unknown): unknown {
  const { code } = Object(error) as { code?: unknown };
  if (typeof code !== 'string' || !PERMANENT_ERROR.test(code) || error instanceof DomainError) return error;
  const reason = REASONS[code] ?? 'its definition does not fit its data';
  const message = `The database could not write the rows of ${JSON.stringify(table)}: ${reason} (${code})`;
  return new DomainError('conflict', 'rows-not-written', message);
}
