import { MIGRATION_LEDGER, SERVICE_TABLES } from '../../../platform/database/table-owners';

/**
 * Tables of the service itself. They hold keys of its clients and receivers, the state of its work, and files' places: none
 * may be exported. The audit log is not among them, which administrators export.
 */
export const OWN_TABLES: ReadonlySet<string> = new Set([...SERVICE_TABLES, MIGRATION_LEDGER]);

/** The months of the audit log, which come and go: it is exported as a whole. */
const AUDIT_PARTITION = /^export_audit_log_(default|(before_)?\d{4}_\d\d)$/;

/** Of the queue, where it is in PostgreSQL. */
const QUEUE_SCHEMA = 'bullmq.';

/**
 * @param table as the catalog names it, behind its schema where that is not `public`
 * @returns whether it is a table of the service, in whichever schema the service is installed
 */
export function isOwnTable(table: string): boolean {
  const name = table.slice(table.lastIndexOf('.') + 1);
  return table.startsWith(QUEUE_SCHEMA) || OWN_TABLES.has(name) || AUDIT_PARTITION.test(name);
}
