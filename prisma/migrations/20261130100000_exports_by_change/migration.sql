-- Event streams look for the exports that changed in the last seconds.
CREATE INDEX CONCURRENTLY "exports_updated_at_idx" ON "exports" ("updated_at");
