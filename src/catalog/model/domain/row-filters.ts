import type { FieldError } from '../../../platform/errors/domain-error';
import type { FieldCode } from '../../../platform/errors/field-codes';
import { type LiveColumn, type Condition, type Operand, type Operator, OPERATORS, type Period } from './table-plan';
import { type ReferenceTime, RELATIVE_SYNTAX, RelativeTime, type Span } from './relative-time';

const MAX_LIST_LENGTH = 1_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)?$/;

/** The column that `dateFrom` and `dateTo` are compared with. */
const DATE_COLUMN = 'created_at';

type Json = Readonly<Record<string, unknown>>;

/** Parses the filters of one table. Adds every error to `errors`, under its path in the request. */
export class RowFilters {
  /**
   * @param columns that may be filtered, by name
   * @param reference the `now` and time zone of relative times
   */
  constructor(
    private readonly table: string,
    private readonly columns: ReadonlyMap<string, LiveColumn>,
    private readonly errors: FieldError[],
    private readonly reference: ReferenceTime,
  ) {}

  /** @param field the path of the filters in the request */
  read(filters: unknown, field: string): Condition[] {
    if (!isObject(filters)) return this.reject(field, 'must be an object');
    const conditions = this.readDates(filters, field);
    for (const [name, value] of Object.entries(filters)) {
      if (name !== 'dateFrom' && name !== 'dateTo')
        conditions.push(...this.readColumn(name, value, `${field}.${name}`));
    }
    return conditions;
  }

  /**
   * Reads `dateFrom` and `dateTo`. A `dateTo` without a time, or relative by whole days, includes
   * the whole day.
   */
  readDates(filters: Json, field: string): Condition[] {
    return [
      ...this.readDate(filters['dateFrom'], 'gte', 'gte', `${field}.dateFrom`, (date) => date),
      ...this.readDate(filters['dateTo'], 'lte', 'lt', `${field}.dateTo`, nextDay),
    ];
  }

  private readDate(
    value: unknown,
    timeOperator: Operator,
    dayOperator: Operator,
    field: string,
    toDayBound: (date: string) => string,
  ): Condition[] {
    if (value === undefined) return [];
    const column = this.columns.get(DATE_COLUMN);
    if (!column) {
      const message = `the table ${JSON.stringify(this.table)} has no column ${DATE_COLUMN}`;
      return this.reject(field, message, 'unknown-column');
    }
    if (typeof value === 'string' && isDate(value)) return [condition(field, column, dayOperator, [toDayBound(value)])];
    if (typeof value === 'string' && TIME.test(value)) return [condition(field, column, timeOperator, [value])];
    if (typeof value === 'string' && isTemporal(column) && RelativeTime.isIntendedBy(value)) {
      return this.readRelative(column, timeOperator, value, field);
    }
    const message = 'must be a date, or a date and time, in ISO 8601, such as 2026-01-31T12:00:00Z, or a relative time';
    return this.reject(field, `${message}: ${RELATIVE_SYNTAX}`);
  }

  private readColumn(name: string, value: unknown, field: string): Condition[] {
    const column = this.columns.get(name);
    if (!column) return this.reject(field, `unknown column ${JSON.stringify(name)}`, 'unknown-column');
    if (!isObject(value)) return this.readOperator(column, 'eq', value, field);
    return Object.entries(value).flatMap(([operator, operand]) => {
      const path = `${field}.${operator}`;
      if (!isOperator(operator)) {
        const message = `unknown operator ${JSON.stringify(operator)}. The operators are ${OPERATORS.join(', ')}`;
        return this.reject(path, message, 'unknown-operator');
      }
      return this.readOperator(column, operator, operand, path);
    });
  }

  private readOperator(column: LiveColumn, operator: Operator, operand: unknown, field: string): Condition[] {
    if (operator === 'isNull') {
      if (typeof operand !== 'boolean') return this.reject(field, 'must be true or false');
      return [{ ...condition(field, column, operator, []), isNegated: !operand }];
    }
    if (operator === 'in') {
      if (!Array.isArray(operand) || operand.length > MAX_LIST_LENGTH) {
        return this.reject(field, `must be a list of at most ${MAX_LIST_LENGTH} values`);
      }
      return this.readList(column, operand, field);
    }
    const [value] = this.readValue(column, operand, field);
    if (value === undefined) return [];
    if (isTemporal(column) && RelativeTime.isIntendedBy(value))
      return this.readRelative(column, operator, value, field);
    if (operator === 'like') {
      if (column.family !== 'text') return this.reject(field, 'like is for text columns only');
      if (/(^|[^\\])(\\\\)*\\$/.test(value)) return this.reject(field, 'must not end with a single backslash');
    }
    return [condition(field, column, operator, [value])];
  }

  private readList(column: LiveColumn, items: readonly unknown[], field: string): Condition[] {
    let isRelative = false;
    const values = items.flatMap((item, index): Operand[] => {
      const path = `${field}.${index}`;
      const [value] = this.readValue(column, item, path);
      if (value === undefined) return [];
      if (!isTemporal(column) || !RelativeTime.isIntendedBy(value)) return [value];
      isRelative = true;
      return this.toComparisons(column, 'in', value, path).map(({ value: operand }) => operand);
    });
    return [{ ...condition(field, column, 'in', values), isRelative }];
  }

  private readRelative(column: LiveColumn, operator: Operator, text: string, field: string): Condition[] {
    if (operator === 'like') return this.reject(field, 'like is for text columns only');
    return this.toComparisons(column, operator, text, field).map((comparison) => ({
      ...condition(field, column, comparison.operator, [comparison.value]),
      isRelative: true,
    }));
  }

  private toComparisons(column: LiveColumn, operator: Operator, text: string, field: string): Comparison[] {
    const time = RelativeTime.parse(text);
    if (!time) return this.reject(field, `is not a relative time. Relative times are ${RELATIVE_SYNTAX}`);
    const span = time.at(this.reference.now, this.reference.zone);
    if (!span) return this.reject(field, 'is not within the years 1 to 9999');
    return [toComparison(operator, span, column, this.reference)];
  }

  private readValue(column: LiveColumn, value: unknown, field: string): string[] {
    if (value === null) return this.reject(field, 'must not be null; use isNull');
    if (typeof value === 'string') {
      if (!value.isWellFormed() || value.includes('\0')) {
        return this.reject(field, 'must not contain a NUL character or a lone surrogate');
      }
      if (!isMadeOfTimes(column) || !RelativeTime.isIntendedBy(value)) return [value];
      return this.reject(field, `must not be relative: the type ${column.type.name} does not support relative times`);
    }
    if (typeof value === 'boolean') return [String(value)];
    if (typeof value !== 'number') return this.reject(field, 'must be a string, a number or a boolean');
    // JSON.parse has rounded it: it would match other rows.
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      return this.reject(field, 'is too large for an exact JSON number. Send it as a string');
    }
    return [String(value)];
  }

  private reject(field: string, message: string, code: FieldCode = 'invalid'): never[] {
    this.errors.push({ field, message, code });
    return [];
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOperator(name: string): name is Operator {
  return (OPERATORS as readonly string[]).includes(name);
}

function condition(field: string, column: LiveColumn, operator: Operator, values: readonly Operand[]): Condition {
  return { field, column, operator, values, isNegated: false, isRelative: false };
}

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (day === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

function nextDay(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}

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
