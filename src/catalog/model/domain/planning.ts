import { DomainError, type FieldError } from '../../../platform/errors/domain-error';
import type { CatalogTable } from './catalog';
import type { DataQuery } from './data-query';
import type { LiveColumn, LiveTable } from './live-table';
import type { ReferenceTime } from './relative-time';
import { isObject, RowFilters } from './row-filters';
import type { Condition, AccessPredicate, TablePlan } from './table-plan';

const TENANT_COLUMN = 'tenant_id';
const DATES = ['dateFrom', 'dateTo'];

/** A table of the catalog, as the database has it. */
interface Candidate {
  readonly entry: CatalogTable;
  readonly live: LiveTable;
  /** Those that the catalog allows, by name, in the order of the table. */
  readonly allowed: ReadonlyMap<string, LiveColumn>;
}

/**
 * What is to be read of each table.
 * @param present what relative times of the filters are relative to
 * @param errors what was found to be wrong before
 * @throws DomainError invalid, naming everything that is wrong with the query
 */
export function planTables(
  query: DataQuery,
  entries: readonly CatalogTable[],
  live: ReadonlyMap<string, LiveTable>,
  present: ReferenceTime,
  errors: FieldError[],
): TablePlan[] {
  const asked = query.scope === 'tables' ? 'tables' : 'data_types';
  const candidates = entries.flatMap((entry) => toCandidate(entry, live, asked, errors));
  const filters = query.filters ?? {};
  const columns = groupColumnsByTable(query.columns, candidates, errors);
  checkTableNames(filters, 'filters', candidates, DATES, errors);
  const plans = candidates.map((table) => ({
    table: table.live,
    section: table.entry.section,
    columns: chooseColumns(table, columns, errors),
    accessPredicates: buildAccessPredicates(table, query, asked, errors),
    conditions: readConditions(table, filters, present, errors),
  }));
  if (errors.length > 0) throw DomainError.invalidRequest(...withoutDuplicates(errors));
  return plans;
}

function toCandidate(
  entry: CatalogTable,
  live: ReadonlyMap<string, LiveTable>,
  asked: string,
  errors: FieldError[],
): Candidate[] {
  const table = live.get(entry.name);
  if (!table) {
    const message = `the table ${JSON.stringify(entry.name)} is in the catalog but not in the database`;
    errors.push({ field: asked, message, code: 'unknown-table' });
    return [];
  }
  const allowed = new Map(
    table.columns.filter(({ name }) => entry.allows(name)).map((column) => [column.name, column]),
  );
  if (allowed.size > 0) return [{ entry, live: table, allowed }];
  errors.push({ field: asked, message: `the catalog allows no column of ${JSON.stringify(entry.name)}` });
  return [];
}

/** Columns may be given as a list where there is only one table. */
function groupColumnsByTable(
  columns: unknown,
  candidates: readonly Candidate[],
  errors: FieldError[],
): ReadonlyMap<string, readonly string[]> {
  if (columns === undefined || columns === null) return new Map();
  const [only] = candidates;
  if (isListOfNames(columns) && only && candidates.every(({ entry }) => entry.name === only.entry.name)) {
    return new Map([[only.entry.name, columns]]);
  }
  if (!isObject(columns)) {
    const message = 'must be lists of column names by table, or one list where there is one table';
    errors.push({ field: 'columns', message });
    return new Map();
  }
  checkTableNames(columns, 'columns', candidates, [], errors);
  const lists = Object.entries(columns).flatMap(([table, names]): [string, readonly string[]][] => {
    if (isListOfNames(names)) return [[table, names]];
    errors.push({ field: `columns.${table}`, message: 'must be a list of column names' });
    return [];
  });
  return new Map(lists);
}

function isListOfNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string');
}

function checkTableNames(
  byTable: unknown,
  field: string,
  candidates: readonly Candidate[],
  others: readonly string[],
  errors: FieldError[],
): void {
  if (!isObject(byTable)) {
    errors.push({ field, message: 'must be an object whose keys are tables' });
    return;
  }
  const known = new Set([...candidates.map(({ entry }) => entry.name), ...others]);
  for (const table of Object.keys(byTable).filter((name) => !known.has(name))) {
    errors.push({
      field: `${field}.${table}`,
      message: `unknown table ${JSON.stringify(table)}`,
      code: 'unknown-table',
    });
  }
}

/** In the order in which they were asked for, or that of the table. */
function chooseColumns(
  { entry, allowed }: Candidate,
  columns: ReadonlyMap<string, readonly string[]>,
  errors: FieldError[],
): LiveColumn[] {
  const names = columns.get(entry.name);
  if (!names) return [...allowed.values()];
  return [...new Set(names)].flatMap((name) => {
    const column = allowed.get(name);
    if (column) return [column];
    errors.push({
      field: `columns.${entry.name}`,
      message: `unknown column ${JSON.stringify(name)}`,
      code: 'unknown-column',
    });
    return [];
  });
}

function readConditions(
  { entry, allowed }: Candidate,
  filters: unknown,
  present: ReferenceTime,
  errors: FieldError[],
): Condition[] {
  if (!isObject(filters)) return [];
  const reader = new RowFilters(entry.name, allowed, errors, present);
  const own = Object.hasOwn(filters, entry.name) ? reader.read(filters[entry.name], `filters.${entry.name}`) : [];
  return [...reader.readDates(filters, 'filters'), ...own];
}

/** Whatever narrows the rows to what the caller has a right to: it fails closed where the table cannot tell. */
function buildAccessPredicates(
  { entry, live }: Candidate,
  query: DataQuery,
  asked: string,
  errors: FieldError[],
): AccessPredicate[] {
  const { scope, subject, tenantId } = query;
  const confine = (name: string | null, value: string | null): AccessPredicate[] => {
    const column = live.columns.find((candidate) => candidate.name === name);
    if (column && value !== null) return [{ column, value }];
    const message = `the rows of ${JSON.stringify(entry.name)} cannot be told apart by their owner or tenant`;
    errors.push({ field: asked, message });
    return [];
  };
  return [
    ...(scope === 'tables' ? [] : confine(entry.owner, subject)),
    ...(tenantId === null ? [] : confine(TENANT_COLUMN, tenantId)),
  ];
}

function withoutDuplicates(errors: readonly FieldError[]): FieldError[] {
  return [...new Map(errors.map((error) => [JSON.stringify(error), error])).values()];
}
