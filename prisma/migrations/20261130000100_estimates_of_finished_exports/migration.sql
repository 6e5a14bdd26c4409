-- Estimates are corrected by the latest finished exports of their kind and format.
CREATE INDEX CONCURRENTLY "exports_estimated_idx" ON "exports" ("kind", "format", "completed_at") WHERE "estimate" IS NOT NULL;
