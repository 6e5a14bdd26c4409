import type { FieldError } from '../../../platform/errors/domain-error';
import type { DataType, SensitiveColumn } from './data-type';
import { isOwnTable } from './own-tables';

/** A table that may be exported, under one of the names it has in the catalog. */
export interface CatalogTable {
  readonly name: string;
  readonly section: string;
  /** The column that holds whose row it is; `null` for a table that only administrators get. */
  readonly owner: string | null;
  allows(column: string): boolean;
}

/**
 * What may be exported today: the data types that are active, and what they keep back. Tables of the service itself are left
 * out, also where a data type names them that was saved before they were refused.
 */
export class Catalog {
  private readonly types: readonly DataType[];
  private readonly sensitive: ReadonlySet<string>;

  constructor(types: readonly DataType[], sensitive: readonly SensitiveColumn[]) {
    this.types = types
      .filter(({ isActive }) => isActive)
      .map((type) => ({ ...type, tables: type.tables.filter((table) => !isOwnTable(table)) }));
    this.sensitive = new Set(sensitive.map(({ table, column }) => toKey(table, column)));
  }

  /** The tables of the named data types, or of all when none is named. Unknown names are added to `errors`. */
  findTablesOfTypes(names: readonly string[], errors: FieldError[]): CatalogTable[] {
    const types = names.length === 0 ? this.types : names.map((name, index) => this.type(name, index, errors));
    // One may be named twice, by its name and by its id.
    return [...new Set(types)].flatMap(
      (type) => type?.tables.map((table) => this.table(table, type.name, [type])) ?? [],
    );
  }

  /** Tables by their own names, each with all that any data type allows of it. Unknown names are added to `errors`. */
  findTables(names: readonly string[], errors: FieldError[]): CatalogTable[] {
    return names.flatMap((name, index) => {
      const types = this.findTypesWith(name);
      if (types.length > 0) return [this.table(name, name, types)];
      errors.push({
        field: `tables.${index}`,
        message: `unknown table ${JSON.stringify(name)}`,
        code: 'unknown-table',
      });
      return [];
    });
  }

  /**
   * One person's part of a table, with all that any data type allows a person of it: what an entry without an owner
   * gives is for administrators, and what one with another owner gives belongs to somebody else.
   */
  findPersonalTables(name: string): CatalogTable[] {
    const types = this.findTypesWith(name);
    const owners = types.map((type) => findOwnerColumn(type, name));
    const owner = owners.find((column) => column !== null) ?? null;
    const owned = types.filter((_, index) => owners[index] === owner);
    return owned.length > 0 ? [this.table(name, name, owned)] : [];
  }

  private findTypesWith(table: string): DataType[] {
    return this.types.filter(({ tables }) => tables.includes(table));
  }

  private type(name: string, index: number, errors: FieldError[]): DataType | undefined {
    const type = this.types.find((candidate) => candidate.name === name || candidate.id === name);
    if (!type) {
      const message = `unknown data type ${JSON.stringify(name)}`;
      errors.push({ field: `data_types.${index}`, message, code: 'unknown-data-type' });
    }
    return type;
  }

  private table(name: string, section: string, types: readonly DataType[]): CatalogTable {
    const lists = types.map(({ columns }) => (columns && Object.hasOwn(columns, name) ? columns[name] : undefined));
    return {
      name,
      section,
      owner: types.map((type) => findOwnerColumn(type, name)).find((owner) => owner !== null) ?? null,
      allows: (column) =>
        lists.some((listed) => (listed ? listed.includes(column) : !this.sensitive.has(toKey(name, column)))),
    };
  }
}

function findOwnerColumn({ owners }: DataType, table: string): string | null {
  return Object.hasOwn(owners, table) ? (owners[table] ?? null) : null;
}

function toKey(table: string, column: string): string {
  return JSON.stringify([table, column]);
}
