-- Lists count what matches their filters, from this index alone.
CREATE INDEX CONCURRENTLY "exports_customer_id_listed_idx" ON "exports" ("customer_id", "id" DESC) INCLUDE ("status", "kind", "format")
    WHERE "customer_id" IS NOT NULL;
