import { z } from 'zod';
import { MIGRATION_LEDGER, SERVICE_TABLES } from '../../../platform/database/table-owners';

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

/**
 * The service's own tables. They contain secrets, the state of its work and storage keys, so they
 * may not be exported. The audit log is not one of them: administrators may export it.
 */
export const OWN_TABLES: ReadonlySet<string> = new Set([...SERVICE_TABLES, MIGRATION_LEDGER]);

/** Partitions of the audit log, which come and go. The log is exported through its parent table. */
const AUDIT_PARTITION = /^export_audit_log_(default|(before_)?\d{4}_\d\d)$/;

/** The schema of the queue, if the queue is in PostgreSQL. */
const QUEUE_SCHEMA = 'bullmq.';

/**
 * Whether a table is the service's own, in any schema.
 * @param table a `LiveTable.name`
 */
export function isOwnTable(table: string): boolean {
  const name = table.slice(table.lastIndexOf('.') + 1);
  return table.startsWith(QUEUE_SCHEMA) || OWN_TABLES.has(name) || AUDIT_PARTITION.test(name);
}
