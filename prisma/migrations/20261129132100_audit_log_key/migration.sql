-- The key of a partitioned table contains what it is partitioned by.
CREATE UNIQUE INDEX CONCURRENTLY "export_audit_log_id_at_key" ON "export_audit_log" ("id", "at");
