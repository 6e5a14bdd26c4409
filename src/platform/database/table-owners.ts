/**
 * Tables of the service itself. All others in the schema `public` belong to the platform; the service reads them.
 * docs/adr/0040-the-service-runs-without-owning-its-tables.md says how rights follow from these lists.
 */
export const SERVICE_TABLES: readonly string[] = [
  'exports',
  'export_manifests',
  'export_parts',
  'export_files',
  'export_deliveries',
  'delivered_objects',
  'file_removals',
  'idempotency_keys',
  'solo_sessions',
  'scheduled_exports',
  'scheduled_export_runs',
  'export_data_types',
  'export_sensitive_columns',
  'customers',
  'customer_failures',
  'rate_limit_uses',
  'sweeps',
  'audit_aggregates',
  'console_sign_ins',
];

/** Only `npm run migrate` needs it. */
export const MIGRATION_LEDGER = '_prisma_migrations';

/** Entries are added to it, and administrators export it. */
export const AUDIT_LOG = 'export_audit_log';

/** Tables of the platform that the service reads for itself, not to export them. */
export const PLATFORM_TABLES_IN_USE: readonly string[] = [
  'users',
  'events',
  'event_questions',
  'event_participants',
  'event_results',
  'event_answers',
];
