-- For the statistics of one tenant.
CREATE INDEX CONCURRENTLY "exports_tenant_id_created_at_idx" ON "exports" ("tenant_id", "created_at");
