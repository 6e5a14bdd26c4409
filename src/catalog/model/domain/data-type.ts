/** What an administrator says of a data type. */
export interface DataTypeDefinition {
  readonly name: string;
  readonly description: string | null;
  /** As `LiveTable.name` has them. */
  readonly tables: readonly string[];
  /** By table. A table that is not among them gives every column that is not sensitive. */
  readonly columns: Readonly<Record<string, readonly string[]>> | null;
  /** By table: the column that holds whose row it is. Only administrators get a table without one. */
  readonly owners: Readonly<Record<string, string>>;
  readonly isActive: boolean;
}

/** A named group of tables and columns that may be exported. What no active data type names is never read. */
export interface DataType extends DataTypeDefinition {
  readonly id: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A column that is exported only where a data type lists it by name. */
export interface SensitiveColumn {
  readonly table: string;
  readonly column: string;
}
