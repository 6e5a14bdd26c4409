import { Injectable } from '@nestjs/common';
import { isAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { Catalog } from '../domain/catalog';
import { DataTypeRepository } from '../domain/interfaces/data-type.repository';
import { SourceDatabase } from '../domain/interfaces/source-database';
import { type LiveColumn, TENANT_COLUMN } from '../domain/table-plan';

/** A table that a caller may export, with the columns that the catalog allows, in the order of the table. */
export interface ExportableTable {
  readonly name: string;
  readonly columns: readonly LiveColumn[];
}

/** Describes what can be chosen and filtered: of one's own rows, and for administrators of whole tables. */
@Injectable()
export class ExportableTables {
  constructor(
    private readonly dataTypes: DataTypeRepository,
    private readonly source: SourceDatabase,
  ) {}

  /** By name. Tables whose rows cannot be restricted to the caller's tenant are left out. */
  async list(caller: UserPrincipal): Promise<ExportableTable[]> {
    const [types, sensitive] = await Promise.all([this.dataTypes.list(), this.dataTypes.sensitiveColumns()]);
    const catalog = new Catalog(types, sensitive);
    const names = [...new Set(catalog.findTablesOfTypes([], []).map(({ name }) => name))].sort();
    const entries = isAdmin(caller)
      ? catalog.findTables(names, [])
      : names.flatMap((name) => catalog.findPersonalTables(name)).filter(({ owner }) => owner !== null);
    const live = await this.source.preview((view) => view.tables(entries.map(({ name }) => name)));
    return entries.flatMap((entry) => {
      const all = live.get(entry.name)?.columns ?? [];
      const columns = all.filter(({ name }) => entry.allows(name));
      const isRestrictable = caller.tenantId === null || all.some((column) => column.name === TENANT_COLUMN);
      return isRestrictable && columns.length > 0 ? [{ name: entry.name, columns }] : [];
    });
  }
}
