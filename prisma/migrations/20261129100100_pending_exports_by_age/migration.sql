-- Workers look for the oldest pending export of an account that has none running.
CREATE INDEX CONCURRENTLY "exports_pending_created_at_id_idx" ON "exports" ("created_at", "id") WHERE "status" = 'pending';
