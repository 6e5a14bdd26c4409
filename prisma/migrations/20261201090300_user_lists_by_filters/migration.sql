-- Lists count what matches their filters, from this index alone.
CREATE INDEX CONCURRENTLY "exports_user_id_tenant_id_listed_idx" ON "exports" ("user_id", "tenant_id", "id" DESC)
    INCLUDE ("status", "kind", "format");
