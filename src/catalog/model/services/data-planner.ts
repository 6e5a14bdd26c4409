import { Injectable } from '@nestjs/common';
import { DomainError, type FieldError } from '../../../platform/errors/domain-error';
import { Catalog, type CatalogTable } from '../domain/catalog';
import type { DataQuery } from '../domain/data-query';
import { DataTypeRepository } from '../domain/interfaces/data-type.repository';
import type { PlannedQuery } from '../domain/interfaces/estimate-queries';
import type { SourceView } from '../domain/interfaces/source-database';
import { ReferenceTime } from '../domain/relative-time';
import {
  type AccessPredicate,
  type Condition,
  type LiveColumn,
  type LiveTable,
  type TablePlan,
  TENANT_COLUMN,
} from '../domain/table-plan';
import { isObject, RowFilters } from '../domain/row-filters';

/** The sections of a user document, by the names that clients know, with their tables. */
export const USER_SECTIONS: readonly { readonly name: string; readonly table: string; readonly isSingle: boolean }[] = [
  { name: 'profile', table: 'users', isSingle: true },
  { name: 'transactions', table: 'transactions', isSingle: false },
  { name: 'courses', table: 'enrollments', isSingle: false },
  { name: 'activity', table: 'activity_logs', isSingle: false },
];

/** A plan, and what PostgreSQL expects of its query. */
export interface CheckedPlan {
  readonly plan: TablePlan;
  readonly planned: PlannedQuery;
}

/** Turns a query into plans that the catalog and the caller's rights allow. */
@Injectable()
export class DataPlanner {
  constructor(private readonly dataTypes: DataTypeRepository) {}

  /** @throws DomainError invalid, listing every error of the query */
  async plan(query: DataQuery, view: SourceView): Promise<TablePlan[]> {
    const [types, sensitive] = await Promise.all([this.dataTypes.list(), this.dataTypes.sensitiveColumns()]);
    const errors: FieldError[] = [];
    const entries = findEntries(query, new Catalog(types, sensitive), errors);
    const live = await view.tables([...new Set(entries.map(({ name }) => name))]);
    const reference = new ReferenceTime(query.asOf ?? view.takenAt, query.timeZone);
    const plans = planTables(query, entries, live, reference, errors);
    if (plans.length === 0) {
      throw new DomainError(
        'conflict',
        'nothing-to-export',
        'There is nothing to export: no active data type has a table',
      );
    }
    return plans;
  }

  /**
   * Plans a query and has the database check it. Workers plan it again but do not check it again.
   * @throws DomainError invalid, listing every error of the query
   */
  async planAndCheck(query: DataQuery, view: SourceView): Promise<CheckedPlan[]> {
    const checked: CheckedPlan[] = [];
    for (const plan of await this.plan(query, view)) checked.push({ plan, planned: await view.check(plan) });
    return checked;
  }
}

function findEntries({ scope, tables, dataTypes }: DataQuery, catalog: Catalog, errors: FieldError[]): CatalogTable[] {
  if (scope === 'tables') return catalog.findTables(tables, errors);
  if (scope === 'document') {
    return USER_SECTIONS.flatMap(({ name, table }) => {
      const [entry] = catalog.findPersonalTables(table);
      if (entry) return [{ ...entry, section: name }];
      errors.push({ field: 'tables', message: `unknown table ${JSON.stringify(table)}` });
      return [];
    });
  }
  const entries = catalog.findTablesOfTypes(dataTypes, errors);
  // Without named data types, a user exports their own rows, so tables without an owner are left
  // out.
  return dataTypes.length === 0 ? entries.filter(({ owner }) => owner !== null) : entries;
}

const DATES = ['dateFrom', 'dateTo'];

/** A table that is in the catalog and in the database. */
interface Candidate {
  readonly entry: CatalogTable;
  readonly live: LiveTable;
  /** The columns that the catalog allows, by name, in the order of the table. */
  readonly allowed: ReadonlyMap<string, LiveColumn>;
}

/**
 * Plans what to read from each table.
 * @param reference the `now` and time zone of relative filters
 * @param errors found so far
 * @throws DomainError invalid, listing every error of the query
 */
export function planTables(
  query: DataQuery,
  entries: readonly CatalogTable[],
  live: ReadonlyMap<string, LiveTable>,
  reference: ReferenceTime,
  errors: FieldError[],
): TablePlan[] {
  const requestField = query.scope === 'tables' ? 'tables' : 'data_types';
  const candidates = entries.flatMap((entry) => toCandidate(entry, live, requestField, errors));
  const filters = query.filters ?? {};
  const columns = groupColumnsByTable(query.columns, candidates, errors);
  checkTableNames(filters, 'filters', candidates, DATES, errors);
  const plans = candidates.map((table) => ({
    table: table.live,
    section: table.entry.section,
    columns: chooseColumns(table, columns, errors),
    accessPredicates: buildAccessPredicates(table, query, requestField, errors),
    conditions: readConditions(table, filters, reference, errors),
  }));
  if (errors.length > 0) throw DomainError.invalidRequest(...withoutDuplicates(errors));
  return plans;
}

function toCandidate(
  entry: CatalogTable,
  live: ReadonlyMap<string, LiveTable>,
  requestField: string,
  errors: FieldError[],
): Candidate[] {
  const table = live.get(entry.name);
  if (!table) {
    const message = `the table ${JSON.stringify(entry.name)} is in the catalog but not in the database`;
    errors.push({ field: requestField, message, code: 'unknown-table' });
    return [];
  }
  const allowed = new Map(
    table.columns.filter(({ name }) => entry.allows(name)).map((column) => [column.name, column]),
  );
  if (allowed.size > 0) return [{ entry, live: table, allowed }];
  errors.push({ field: requestField, message: `the catalog allows no column of ${JSON.stringify(entry.name)}` });
  return [];
}

/** If there is only one table, its columns can be a plain list. */
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

/** In the requested order, or else in the order of the table. */
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
  reference: ReferenceTime,
  errors: FieldError[],
): Condition[] {
  if (!isObject(filters)) return [];
  const reader = new RowFilters(entry.name, allowed, errors, reference);
  const own = Object.hasOwn(filters, entry.name) ? reader.read(filters[entry.name], `filters.${entry.name}`) : [];
  return [...reader.readDates(filters, 'filters'), ...own];
}

/**
 * Restricts the rows to those the caller may read. A table without an owner or tenant column is
 * rejected: this fails closed.
 */
function buildAccessPredicates(
  { entry, live }: Candidate,
  query: DataQuery,
  requestField: string,
  errors: FieldError[],
): AccessPredicate[] {
  const { scope, subject, tenantId } = query;
  const restrict = (name: string | null, value: string | null): AccessPredicate[] => {
    const column = live.columns.find((candidate) => candidate.name === name);
    if (column && value !== null) return [{ column, value }];
    const message = `the rows of ${JSON.stringify(entry.name)} cannot be restricted to an owner or tenant`;
    errors.push({ field: requestField, message });
    return [];
  };
  return [
    ...(scope === 'tables' ? [] : restrict(entry.owner, subject)),
    ...(tenantId === null ? [] : restrict(TENANT_COLUMN, tenantId)),
  ];
}

function withoutDuplicates(errors: readonly FieldError[]): FieldError[] {
  return [...new Map(errors.map((error) => [JSON.stringify(error), error])).values()];
}
