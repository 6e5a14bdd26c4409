import { MIGRATION_LEDGER, SERVICE_TABLES } from '../../../platform/database/table-owners';

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
