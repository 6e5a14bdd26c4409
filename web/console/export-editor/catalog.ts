import { type components, unwrap } from '@export-service/client';
import { type Query, useQuery } from '../service/query';
import { client } from '../session/session';
import { DATE_COLUMN } from './conditions';
import type { Draft } from './draft';

type Schemas = components['schemas'];
export type DataType = Schemas['DataTypeResponse'];
export type CatalogTable = Schemas['ExportableTableResponse'];
export type CatalogColumn = CatalogTable['columns'][number];

/** What the caller may export: by data types, and by tables. */
export class Catalog {
  /** The data types of which a user has rows of their own. */
  readonly ownDataTypes: readonly DataType[];
  private readonly byName: ReadonlyMap<string, CatalogTable>;

  constructor(
    readonly dataTypes: readonly DataType[],
    readonly tables: readonly CatalogTable[],
  ) {
    this.byName = new Map(tables.map((table) => [table.name, table]));
    this.ownDataTypes = dataTypes.filter(
      ({ is_active: isActive, owners, tables: names }) =>
        isActive && names.length > 0 && names.every((name) => owners[name] != null),
    );
  }

  table(name: string): CatalogTable | undefined {
    return this.byName.get(name);
  }

  column(table: string, name: string): CatalogColumn | undefined {
    const all = table === '' ? this.tables : [this.byName.get(table)];
    return all.flatMap((one) => one?.columns ?? []).find((column) => column.name === name);
  }

  /** What people read about a table: the description of its data type. */
  describe(table: string): string {
    return this.dataTypes.find(({ tables }) => tables.includes(table))?.description ?? '';
  }

  /** The tables of a draft, in the order of its file. */
  tablesOf({ scope, tables, dataTypes, isEverything }: Draft): string[] {
    if (scope === 'tables') return tables.filter((name) => this.byName.has(name));
    if (isEverything) {
      const own = this.dataTypes.filter(({ is_active: isActive }) => isActive);
      const names = own.flatMap((type) => type.tables.filter((name) => type.owners[name] != null));
      return [...new Set(names)].filter((name) => this.byName.has(name));
    }
    const chosen = this.dataTypes.filter(({ name, id }) => dataTypes.includes(name) || dataTypes.includes(id));
    return [...new Set(chosen.flatMap((type) => type.tables))].filter((name) => this.byName.has(name));
  }

  /** Whether a condition on the date can be said once for all of these tables. */
  haveDates(tables: readonly string[]): boolean {
    return tables.length > 1 && tables.every((name) => this.column(name, DATE_COLUMN) !== undefined);
  }
}

export function useCatalog(): Query<Catalog> {
  return useQuery(async (signal) => {
    const [types, tables] = await Promise.all([
      unwrap(client.api.GET('/api/v1/exports/data-types', { signal })),
      unwrap(client.api.GET('/api/v1/exports/data-types/tables', { signal })),
    ]);
    return new Catalog(types.results, tables.results);
  });
}

/** `activity_log` as people read it. */
export function humanize(name: string): string {
  const words = name.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
