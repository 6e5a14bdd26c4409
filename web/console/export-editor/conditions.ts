import {
  firstDayOf,
  isDay,
  isMonth,
  lastDayOf,
  monthOf,
  type Operators,
  type PresetName,
  presetOf,
  PRESETS,
  shiftDays,
} from './periods';

/** What a person can say about a column. Each becomes one or two operators of the API. */
export const OPERATOR_NAMES = [
  'contains',
  'startsWith',
  'endsWith',
  'pattern',
  'is',
  'isNot',
  'isOneOf',
  'emptyText',
  'moreThan',
  'atLeast',
  'lessThan',
  'atMost',
  'between',
  'during',
  'month',
  'range',
  'since',
  'before',
  'after',
  'until',
  'isTrue',
  'isFalse',
  'isNull',
  'isNotNull',
] as const;
export type OperatorName = (typeof OPERATOR_NAMES)[number];

/** One condition on the rows of a table. Values are as they were typed; lists have one value a line. */
export interface Condition {
  readonly id: number;
  /** Empty for all tables: then `created_at` is compared. */
  readonly table: string;
  readonly column: string;
  readonly operator: OperatorName;
  readonly value: string;
  /** The upper bound, of operators with two. */
  readonly end: string;
}

export type ColumnType =
  'text' | 'integer' | 'decimal' | 'float' | 'boolean' | 'date' | 'timestamp' | 'timestamptz' | 'json' | 'other';
type Kind = 'text' | 'number' | 'boolean' | 'time' | 'json' | 'other';

/** The column that conditions on all tables compare. */
export const DATE_COLUMN = 'created_at';

const KINDS: Readonly<Record<ColumnType, Kind>> = {
  text: 'text',
  integer: 'number',
  decimal: 'number',
  float: 'number',
  boolean: 'boolean',
  date: 'time',
  timestamp: 'time',
  timestamptz: 'time',
  json: 'json',
  other: 'other',
};

const OF_KIND: Readonly<Record<Kind, readonly OperatorName[]>> = {
  text: ['contains', 'is', 'isNot', 'isOneOf', 'startsWith', 'endsWith', 'emptyText', 'isNull', 'isNotNull'],
  number: ['moreThan', 'atLeast', 'lessThan', 'atMost', 'between', 'is', 'isNot', 'isOneOf', 'isNull', 'isNotNull'],
  boolean: ['isTrue', 'isFalse', 'isNull', 'isNotNull'],
  time: ['during', 'month', 'range', 'since', 'before', 'isNull', 'isNotNull'],
  json: ['isNull', 'isNotNull'],
  other: ['is', 'isNot', 'isOneOf', 'isNull', 'isNotNull'],
};

/** A later version of the service may have types that this one does not know. */
export function kindOf(type: string | undefined): Kind {
  return type !== undefined && type in KINDS ? KINDS[type as ColumnType] : 'other';
}

/** What can be said about a column of this type. `chosen` is among them, whatever it is. */
export function operatorsFor(type: string | undefined, table: string, chosen?: OperatorName): readonly OperatorName[] {
  const all = OF_KIND[kindOf(type)].filter((name) => table !== '' || (name !== 'isNull' && name !== 'isNotNull'));
  return chosen === undefined || all.includes(chosen) ? all : [...all, chosen];
}

const WITHOUT_VALUE: readonly OperatorName[] = ['emptyText', 'isTrue', 'isFalse', 'isNull', 'isNotNull'];
const WITH_END: readonly OperatorName[] = ['between', 'range'];

export function hasValue(operator: OperatorName): boolean {
  return !WITHOUT_VALUE.includes(operator);
}

export function hasEnd(operator: OperatorName): boolean {
  return WITH_END.includes(operator);
}

export function listOf(value: string): string[] {
  return value
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

/** `%` and `_` are wildcards of the API, and a backslash escapes them. */
export function escapePattern(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** @returns undefined while a value is missing */
export function toOperators({
  operator,
  value,
  end,
}: Pick<Condition, 'operator' | 'value' | 'end'>): Operators | undefined {
  if (hasValue(operator) && value === '') return undefined;
  switch (operator) {
    case 'contains':
      return { like: `%${escapePattern(value)}%` };
    case 'startsWith':
      return { like: `${escapePattern(value)}%` };
    case 'endsWith':
      return { like: `%${escapePattern(value)}` };
    case 'pattern':
      return { like: value };
    case 'is':
      return { eq: value };
    case 'isNot':
      return { ne: value };
    case 'isOneOf':
      return listOf(value).length === 0 ? undefined : { in: listOf(value) };
    case 'emptyText':
      return { eq: '' };
    case 'moreThan':
    case 'after':
      return { gt: value };
    case 'atLeast':
    case 'since':
      return { gte: value };
    case 'lessThan':
    case 'before':
      return { lt: value };
    case 'atMost':
    case 'until':
      return { lte: value };
    case 'between':
      return end === '' ? undefined : { gte: value, lte: end };
    case 'during':
      return value in PRESETS ? PRESETS[value as PresetName] : undefined;
    case 'month':
      return isMonth(value) ? { gte: firstDayOf(value), lt: shiftDays(lastDayOf(value), 1) } : undefined;
    case 'range':
      // The last day is included, whether the column has times or not.
      return isDay(value) && isDay(end) ? { gte: value, lt: shiftDays(end, 1) } : undefined;
    case 'isTrue':
      return { eq: true };
    case 'isFalse':
      return { eq: false };
    case 'isNull':
      return { isNull: true };
    case 'isNotNull':
      return { isNull: false };
  }
}

/** `dateFrom` and `dateTo`, which apply to every table. A `dateTo` includes its whole day. */
function toDates(condition: Condition): Operators | undefined {
  const { operator, value, end } = condition;
  if (operator === 'month')
    return isMonth(value) ? { dateFrom: firstDayOf(value), dateTo: lastDayOf(value) } : undefined;
  if (operator === 'range') return isDay(value) && isDay(end) ? { dateFrom: value, dateTo: end } : undefined;
  if (operator === 'before' && isDay(value)) return { dateTo: shiftDays(value, -1) };
  const operators = toOperators(condition);
  if (operators === undefined) return undefined;
  const { eq, gte, lte } = operators;
  if (eq !== undefined) return { dateFrom: eq, dateTo: eq };
  return { ...(gte !== undefined && { dateFrom: gte }), ...(lte !== undefined && { dateTo: lte }) };
}

type Filters = Record<string, unknown>;

/**
 * The filters of a request. Conditions that are not finished are left out.
 * @param tables only these, if given
 */
export function toFilters(conditions: readonly Condition[], tables?: readonly string[]): Filters | undefined {
  const filters: Filters = {};
  for (const condition of conditions) {
    const { table, column } = condition;
    if (table === '') {
      Object.assign(filters, toDates(condition));
      continue;
    }
    const operators = toOperators(condition);
    if (operators === undefined || (tables && !tables.includes(table))) continue;
    const own = (filters[table] ?? {}) as Record<string, Filters>;
    filters[table] = { ...own, [column]: { ...own[column], ...operators } };
  }
  return Object.keys(filters).length === 0 ? undefined : filters;
}

/** The conditions that the API cannot take beside an earlier one: each operator is possible once for a column. */
export function findConflicts(conditions: readonly Condition[]): ReadonlySet<number> {
  const seen = new Set<string>();
  const conflicts = new Set<number>();
  for (const condition of conditions) {
    const operators = (condition.table === '' ? toDates(condition) : toOperators(condition)) ?? {};
    const keys = Object.keys(operators).map((name) => JSON.stringify([condition.table, condition.column, name]));
    if (keys.some((key) => seen.has(key))) conflicts.add(condition.id);
    for (const key of keys) seen.add(key);
  }
  return conflicts;
}

/** The paths of a condition in a request, to find what the service says about it. */
export function fieldsOf(condition: Condition): string[] {
  const { table, column } = condition;
  const isForAll = table === '';
  const operators = Object.keys((isForAll ? toDates(condition) : toOperators(condition)) ?? {});
  const path = isForAll ? 'filters' : `filters.${table}.${column}`;
  return [...operators.map((name) => `${path}.${name}`), ...(isForAll ? [] : [path])];
}

type Part = Pick<Condition, 'operator' | 'value' | 'end'>;

const part = (operator: OperatorName, value: unknown = '', end: unknown = ''): Part => ({
  operator,
  value: String(value),
  end: String(end),
});

/** What filters of a request say, in conditions. Filters of other clients keep their meaning. */
export function fromFilters(filters: unknown): Condition[] {
  const conditions: Omit<Condition, 'id'>[] = [];
  const { dateFrom, dateTo, ...tables } = toObject(filters);
  for (const one of fromDates(dateFrom, dateTo)) conditions.push({ table: '', column: DATE_COLUMN, ...one });
  for (const [table, columns] of Object.entries(tables)) {
    const { dateFrom: from, dateTo: to, ...others } = toObject(columns);
    for (const one of fromDates(from, to)) conditions.push({ table, column: DATE_COLUMN, ...one });
    for (const [column, given] of Object.entries(others)) {
      const operators = typeof given === 'object' ? toObject(given) : { eq: given };
      for (const one of fromOperators(operators)) conditions.push({ table, column, ...one });
    }
  }
  return conditions.map((condition, id) => ({ id, ...condition }));
}

function fromDates(from: unknown, to: unknown): Part[] {
  const [first, last] = [from, to].map((value) => (typeof value === 'string' ? value : undefined));
  if (first !== undefined && last !== undefined) {
    const preset = first === last ? presetOf({ eq: first }) : undefined;
    if (preset) return [part('during', preset)];
    if (isDay(first) && isDay(last)) return [fromDays(first, last)];
  }
  const preset = last === undefined && first !== undefined ? presetOf({ gte: first }) : undefined;
  if (preset) return [part('during', preset)];
  return [
    ...(first === undefined ? [] : [part('since', first)]),
    ...(last === undefined ? [] : [isDay(last) ? part('before', shiftDays(last, 1)) : part('until', last)]),
  ];
}

function fromDays(first: string, last: string): Part {
  const month = monthOf(first, last);
  return month === undefined ? part('range', first, last) : part('month', month);
}

function fromOperators(operators: Operators): Part[] {
  const { gte, lt, lte, ...others } = operators;
  const preset = presetOf(operators);
  if (preset) return [part('during', preset)];
  if (typeof gte === 'string' && typeof lt === 'string' && isDay(gte) && isDay(lt)) {
    return [fromDays(gte, shiftDays(lt, -1)), ...fromOperators({ ...others, ...(lte !== undefined && { lte }) })];
  }
  if (isNumeric(gte) && isNumeric(lte)) {
    return [part('between', gte, lte), ...fromOperators({ ...others, ...(lt !== undefined && { lt }) })];
  }
  return Object.entries(operators).map(([name, value]) => fromOperator(name, value));
}

function fromOperator(name: string, value: unknown): Part {
  switch (name) {
    case 'ne':
      return part('isNot', value);
    case 'in':
      return part('isOneOf', Array.isArray(value) ? value.join('\n') : value);
    case 'gt':
      return part(isNumeric(value) ? 'moreThan' : 'after', value);
    case 'gte':
      return part(isNumeric(value) ? 'atLeast' : 'since', value);
    case 'lt':
      return part(isNumeric(value) ? 'lessThan' : 'before', value);
    case 'lte':
      return part(isNumeric(value) ? 'atMost' : 'until', value);
    case 'like':
      return fromPattern(String(value));
    case 'isNull':
      return part(value === false ? 'isNotNull' : 'isNull');
    default:
      if (typeof value === 'boolean') return part(value ? 'isTrue' : 'isFalse');
      return value === '' ? part('emptyText') : part('is', value);
  }
}

function fromPattern(pattern: string): Part {
  const starts = pattern.startsWith('%');
  const body = pattern.slice(starts ? 1 : 0);
  const ends = /(^|[^\\])(\\\\)*%$/.test(body);
  const escaped = ends ? body.slice(0, -1) : body;
  const text = escaped.replace(/\\([\\%_])/g, '$1');
  // Another wildcard, or a text that is escaped in another way.
  if (text === '' || escapePattern(text) !== escaped || (!starts && !ends)) return part('pattern', pattern);
  return part(starts && ends ? 'contains' : ends ? 'startsWith' : 'endsWith', text);
}

function isNumeric(value: unknown): boolean {
  return (
    typeof value === 'number' || (typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value))
  );
}

function toObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
