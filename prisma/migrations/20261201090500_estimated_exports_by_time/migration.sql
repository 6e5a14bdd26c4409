-- Statistics count the exports that had an estimate from this index alone, and find the newest ones.
CREATE INDEX CONCURRENTLY "exports_estimated_created_at_idx" ON "exports" ("created_at") INCLUDE ("tenant_id", "kind", "format", "status")
    WHERE "estimate" IS NOT NULL AND "status" IN ('completed', 'expired');
