-- Statistics are read from this index alone.
CREATE INDEX CONCURRENTLY "exports_created_at_figures_idx" ON "exports" ("created_at")
    INCLUDE ("tenant_id", "kind", "format", "status", "error_code", "streamed", "file_size", "record_count", "started_at", "completed_at");
