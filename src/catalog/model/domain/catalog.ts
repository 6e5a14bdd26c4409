import type { FieldError } from '../../../platform/errors/domain-error';
import type { DataType, SensitiveColumn } from './data-type';
import { isOwnTable } from './data-type';

/** A table that may be exported, and the section of the file that its rows go to. */
export interface CatalogTable {
  readonly name: string;
  readonly section: string;
  /** The column with the owner's id; `null` for a table that only administrators may export. */
  readonly owner: string | null;
  allows(column: string): boolean;
}

/**
 * What may be exported now: the tables and columns of the active data types. The service's own
 * tables are never included, not even if a data type names one that was saved before such names
 * were rejected.
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

  /**
   * The tables of the named data types, or of all active ones if `names` is empty. Adds unknown
   * names to `errors`.
   */
  findTablesOfTypes(names: readonly string[], errors: FieldError[]): CatalogTable[] {
    const types = names.length === 0 ? this.types : names.map((name, index) => this.type(name, index, errors));
    // A request can name a data type twice, by its name and by its id.
    return [...new Set(types)].flatMap(
      (type) => type?.tables.map((table) => this.table(table, type.name, [type])) ?? [],
    );
  }

  /**
   * Tables by their own names, each with every column that any data type allows. Adds unknown names
   * to `errors`.
   */
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
   * A table as one user may export it, with every column that any data type allows a user. A data
   * type in which the table has no owner is for administrators; one with another owner column is
   * about other users' rows.
   * @returns no element if no data type offers the table to users
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
