/** The properties of a data type that administrators edit. */
export interface DataTypeDefinition {
  readonly name: string;
  readonly description: string | null;
  /** In the form of `LiveTable.name`. */
  readonly tables: readonly string[];
  /** By table. A table without a list exports every column that is not sensitive. */
  readonly columns: Readonly<Record<string, readonly string[]>> | null;
  /** By table: the column with the owner's id. Only administrators may export a table without one. */
  readonly owners: Readonly<Record<string, string>>;
  readonly isActive: boolean;
}

/** A named group of tables and columns that may be exported. Nothing outside the active data types is ever read. */
export interface DataType extends DataTypeDefinition {
  readonly id: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A column that is exported only if a data type lists it by name. */
export interface SensitiveColumn {
  readonly table: string;
  readonly column: string;
}
