import { UsageError } from './errors.js';

type Operator = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'like' | 'in' | 'isNull';

/** One `--filter`, as the API has it. */
export interface Filter {
  readonly column: string;
  readonly operator: Operator;
  readonly value: string | boolean | readonly string[];
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  '=': 'eq',
  '!=': 'ne',
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
  '~': 'like',
};

const COMPARISON = /^([^=!<>~]+?)\s*(!=|>=|<=|[=<>~])\s*(.*)$/s;
const LIST = /^([^=!<>~]+?)\s+in\s+(.+)$/is;
const NULL = /^([^=!<>~]+?)\s+is\s+(not\s+)?null$/is;

/** The syntax of filters, for help and errors. */
export const FILTER_SYNTAX =
  "'amount>=100' with = != > >= < <= or ~ (like), 'status in paid,open', 'note is null', 'note is not null'";

/** Parses `amount>=100`. Values stay texts: the service reads them by the type of the column. */
export function parseFilter(text: string): Filter {
  const trimmed = text.trim();
  const isNull = NULL.exec(trimmed);
  if (isNull?.[1]) return { column: isNull[1], operator: 'isNull', value: isNull[2] === undefined };
  const list = LIST.exec(trimmed);
  const items = splitList(list?.[2] ?? '');
  if (list?.[1] && items.length > 0) return { column: list[1], operator: 'in', value: items };
  const [, column, symbol = '', value = ''] = COMPARISON.exec(trimmed) ?? [];
  const operator = OPERATORS[symbol];
  if (column === undefined || operator === undefined) {
    throw new UsageError(`The filter ${JSON.stringify(text)} cannot be read. Write ${FILTER_SYNTAX}.`);
  }
  return { column, operator, value };
}

/** Splits `a, b` at its commas. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A column of one of these tables: `transactions.amount`, or `amount` if there is only one table. */
export function locateColumn(name: string, tables: readonly string[]): { table: string; column: string } {
  const table = tables
    .filter((candidate) => name.startsWith(`${candidate}.`))
    .reduce((longest, candidate) => (candidate.length > longest.length ? candidate : longest), '');
  if (table) return { table, column: name.slice(table.length + 1) };
  const [only, ...others] = tables;
  if (only !== undefined && others.length === 0) return { table: only, column: name };
  throw new UsageError(`Name the table of the column ${name}: ${tables.map((one) => `${one}.${name}`).join(' or ')}.`);
}

type TableFilters = Record<string, Record<string, unknown>>;

/** Groups filters by table and column, as the API has them. */
export function groupFilters(filters: readonly string[], tables: readonly string[]): Record<string, TableFilters> {
  // Maps, because a column can have any name.
  const grouped = new Map<string, Map<string, Map<string, unknown>>>();
  for (const text of filters) {
    const { column: name, operator, value } = parseFilter(text);
    const { table, column } = locateColumn(name, tables);
    const conditions = entry(entry(grouped, table), column);
    if (conditions.has(operator)) throw new UsageError(`Two filters compare ${name} in the same way: remove one.`);
    conditions.set(operator, value);
  }
  return toObject(grouped, (columns) => toObject(columns, (conditions) => toObject(conditions, (value) => value)));
}

/** Groups columns by table, as the API has them. */
export function groupColumns(columns: readonly string[], tables: readonly string[]): Record<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (const name of columns) {
    const { table, column } = locateColumn(name, tables);
    grouped.set(table, [...(grouped.get(table) ?? []), column]);
  }
  return Object.fromEntries(grouped);
}

function entry<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const found = map.get(key) ?? new Map<string, Value>();
  map.set(key, found);
  return found;
}

function toObject<Value, Result>(map: Map<string, Value>, convert: (value: Value) => Result): Record<string, Result> {
  return Object.fromEntries([...map].map(([key, value]) => [key, convert(value)]));
}
