-- The log is read newest first, whole or by tenant, person or action, between two moments: each in the order of an index,
-- so that a page costs the same however long the log is.
CREATE INDEX "export_audit_log_at_id_idx" ON "export_audit_log" ("at", "id");
CREATE INDEX "export_audit_log_tenant_id_at_id_idx" ON "export_audit_log" ("tenant_id", "at", "id");
CREATE INDEX "export_audit_log_user_id_at_id_idx" ON "export_audit_log" ("user_id", "at", "id");
CREATE INDEX "export_audit_log_action_at_id_idx" ON "export_audit_log" ("action", "at", "id");
DROP INDEX "export_audit_log_at_idx";

-- For the statistics of a span of time.
CREATE INDEX "exports_created_at_idx" ON "exports" ("created_at");
