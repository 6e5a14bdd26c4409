import { Injectable } from '@nestjs/common';
import { DomainError, type FieldError } from '../../../platform/errors/domain-error';
import { Catalog, type CatalogTable } from '../domain/catalog';
import type { DataQuery } from '../domain/data-query';
import { DataTypeRepository } from '../domain/interfaces/data-type.repository';
import type { PlannedQuery } from '../domain/interfaces/estimate-queries';
import type { SourceView } from '../domain/interfaces/source-database';
import { planTables } from '../domain/planning';
import { ReferenceTime } from '../domain/relative-time';
import type { TablePlan } from '../domain/table-plan';

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
