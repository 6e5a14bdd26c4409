-- Exports of which something is to be told: those are looked through for ends that nobody told.
CREATE INDEX "exports_told_of_idx" ON "exports" ("updated_at") WHERE "deliveries" <> '[]' AND "status" IN ('completed', 'failed');

-- Deliveries that somebody works on: how many of them are whose decides who is next.
CREATE INDEX "export_deliveries_held_idx" ON "export_deliveries" ("channel") WHERE "status" = 'pending' AND "lease" IS NOT NULL;
