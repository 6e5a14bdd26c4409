import { z } from 'zod';

/** The properties of a data type that administrators edit. */
export interface DataTypeDefinition {
  readonly name: string;
  readonly description: string | null;
  /** In the form of `LiveTable.name`. */
  readonly tables: readonly string[];
  /** By table. A table without a list exports every column that is not sensitive. */
  readonly columns: Readonly<Record<string, readonly string[]>> | null;
  /**
   * By table: the column with the owner's id. Only administrators may export a table without one.
   */
  readonly owners: Readonly<Record<string, string>>;
  readonly isActive: boolean;
}

/**
 * The properties of a data type that are stored as JSON. `z.record` would drop a table with the
 * name `__proto__`.
 */
export const storedDefinition = z.object({
  tables: z.array(z.string()),
  columns: z.custom<DataTypeDefinition['columns']>((value) => value === null || isByTable(value, z.array(z.string()))),
  owners: z.custom<DataTypeDefinition['owners']>((value) => isByTable(value, z.string())),
});

/**
 * A named group of tables and columns that may be exported. Nothing outside the active data types
 * is ever read.
 */
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

function isByTable(value: unknown, schema: z.ZodType): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => schema.safeParse(one).success);
}
