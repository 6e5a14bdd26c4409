import type { FieldError } from '../../../platform/errors/domain-error';
import type { FieldCode } from '../../../platform/errors/problem-codes';
import type { LiveColumn } from './live-table';
import { toComparison, isMadeOfTimes, isTemporal, type Comparison } from './relative-comparison';
import { type ReferenceTime, RELATIVE_SYNTAX, RelativeTime } from './relative-time';
import { type Condition, type Operand, type Operator, OPERATORS } from './table-plan';

const MAX_LIST_LENGTH = 1_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)?$/;

/** The column that `dateFrom` and `dateTo` mean. */
const DATED_BY = 'created_at';

type Json = Readonly<Record<string, unknown>>;

/** Reads what a request says of the rows of one table. Whatever is not right is added to `errors`, by its name. */
export class RowFilters {
  /**
   * @param columns those that may be asked about, by name
   * @param present what relative times are relative to
   */
  constructor(
    private readonly table: string,
    private readonly columns: ReadonlyMap<string, LiveColumn>,
    private readonly errors: FieldError[],
    private readonly present: ReferenceTime,
  ) {}

  /** @param field where in the request the filters stand */
  read(filters: unknown, field: string): Condition[] {
    if (!isObject(filters)) return this.refuse(field, 'must be an object');
    const conditions = this.readDates(filters, field);
    for (const [name, value] of Object.entries(filters)) {
      if (name !== 'dateFrom' && name !== 'dateTo')
        conditions.push(...this.readColumn(name, value, `${field}.${name}`));
    }
    return conditions;
  }

  /** `dateFrom` and `dateTo` alone; a `dateTo` without a time, or relative by whole days, means the whole day. */
  readDates(filters: Json, field: string): Condition[] {
    return [
      ...this.readDate(filters['dateFrom'], 'gte', 'gte', `${field}.dateFrom`, (date) => date),
      ...this.readDate(filters['dateTo'], 'lte', 'lt', `${field}.dateTo`, dayAfter),
    ];
  }

  private readDate(
    value: unknown,
    ofTime: Operator,
    ofDay: Operator,
    field: string,
    boundOfDay: (date: string) => string,
  ): Condition[] {
    if (value === undefined) return [];
    const column = this.columns.get(DATED_BY);
    if (!column) {
      const message = `the table ${JSON.stringify(this.table)} has no column ${DATED_BY}`;
      return this.refuse(field, message, 'unknown-column');
    }
    if (typeof value === 'string' && isDate(value)) return [condition(field, column, ofDay, [boundOfDay(value)])];
    if (typeof value === 'string' && TIME.test(value)) return [condition(field, column, ofTime, [value])];
    if (typeof value === 'string' && isTemporal(column) && RelativeTime.isIntendedBy(value)) {
      return this.readRelative(column, ofTime, value, field);
    }
    const message = 'must be a date, or a date and time, by ISO 8601, such as 2026-01-31T12:00:00Z, or a relative time';
    return this.refuse(field, `${message}: ${RELATIVE_SYNTAX}`);
  }

  private readColumn(name: string, value: unknown, field: string): Condition[] {
    const column = this.columns.get(name);
    if (!column) return this.refuse(field, `unknown column ${JSON.stringify(name)}`, 'unknown-column');
    if (!isObject(value)) return this.readOperator(column, 'eq', value, field);
    return Object.entries(value).flatMap(([operator, operand]) => {
      const path = `${field}.${operator}`;
      if (!isOperator(operator)) {
        const message = `unknown operator ${JSON.stringify(operator)}; known are ${OPERATORS.join(', ')}`;
        return this.refuse(path, message, 'unknown-operator');
      }
      return this.readOperator(column, operator, operand, path);
    });
  }

  private readOperator(column: LiveColumn, operator: Operator, operand: unknown, field: string): Condition[] {
    if (operator === 'isNull') {
      if (typeof operand !== 'boolean') return this.refuse(field, 'must be true or false');
      return [{ ...condition(field, column, operator, []), isNegated: !operand }];
    }
    if (operator === 'in') {
      if (!Array.isArray(operand) || operand.length > MAX_LIST_LENGTH) {
        return this.refuse(field, `must be a list of at most ${MAX_LIST_LENGTH} values`);
      }
      return this.readList(column, operand, field);
    }
    const [value] = this.readValue(column, operand, field);
    if (value === undefined) return [];
    if (isTemporal(column) && RelativeTime.isIntendedBy(value))
      return this.readRelative(column, operator, value, field);
    if (operator === 'like') {
      if (column.family !== 'text') return this.refuse(field, 'only texts can be compared by like');
      if (/(^|[^\\])(\\\\)*\\$/.test(value)) return this.refuse(field, 'must not end with a single backslash');
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
      return this.meaningOf(column, 'in', value, path).map((meaning) => meaning.value);
    });
    return [{ ...condition(field, column, 'in', values), isRelative }];
  }

  private readRelative(column: LiveColumn, operator: Operator, text: string, field: string): Condition[] {
    if (operator === 'like') return this.refuse(field, 'only texts can be compared by like');
    return this.meaningOf(column, operator, text, field).map((meaning) => ({
      ...condition(field, column, meaning.operator, [meaning.value]),
      isRelative: true,
    }));
  }

  private meaningOf(column: LiveColumn, operator: Operator, text: string, field: string): Comparison[] {
    const time = RelativeTime.parse(text);
    if (!time) return this.refuse(field, `is no relative time; known are ${RELATIVE_SYNTAX}`);
    const span = time.at(this.present.now, this.present.zone);
    if (!span) return this.refuse(field, 'lies outside of the years 1 to 9999');
    return [toComparison(operator, span, column, this.present)];
  }

  private readValue(column: LiveColumn, value: unknown, field: string): string[] {
    if (value === null) return this.refuse(field, 'must not be null; use isNull');
    if (typeof value === 'string') {
      if (!value.isWellFormed() || value.includes('\0')) {
        return this.refuse(field, 'must not have a NUL character or half of a surrogate pair in it');
      }
      if (!isMadeOfTimes(column) || !RelativeTime.isIntendedBy(value)) return [value];
      return this.refuse(field, `must not be relative: the type ${column.type.name} has no times that are`);
    }
    if (typeof value === 'boolean') return [String(value)];
    if (typeof value !== 'number') return this.refuse(field, 'must be a text, a number, true or false');
    // JSON.parse has rounded it: the rows would be others than were meant.
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      return this.refuse(field, 'is larger than a JSON number can tell exactly; give it as a text');
    }
    return [String(value)];
  }

  private refuse(field: string, message: string, code: FieldCode = 'invalid'): never[] {
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

function dayAfter(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}
