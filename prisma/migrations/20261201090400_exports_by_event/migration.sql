-- The exports of one event, as those of one board have an index.
CREATE INDEX CONCURRENTLY "exports_event_id_id_idx" ON "exports" ("event_id", "id" DESC) WHERE "event_id" IS NOT NULL;
