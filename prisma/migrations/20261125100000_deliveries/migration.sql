-- What an export's requester wants to be told or brought, and how long its file is kept where that is less than usual.
ALTER TABLE "exports"
    ADD COLUMN "deliveries" JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN "retention_seconds" INTEGER;
CREATE INDEX "exports_schedule_id_id_idx" ON "exports" ("schedule_id", "id" DESC);

CREATE TABLE "export_deliveries" (
    "id" UUID NOT NULL,
    "event" TEXT NOT NULL,
    "export_id" UUID,
    "schedule_id" UUID,
    "user_id" TEXT,
    "tenant_id" TEXT,
    "customer_id" UUID,
    "channel" TEXT NOT NULL,
    "target" JSONB NOT NULL,
    "facts" JSONB NOT NULL DEFAULT '{}',
    "status" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "attempt_token" UUID,
    "lease" TIMESTAMPTZ(3),
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_error" TEXT,
    "receipt" JSONB,
    "request_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    CONSTRAINT "export_deliveries_pkey" PRIMARY KEY ("id")
);
-- An export is told of once by each channel, however often its end is written.
CREATE UNIQUE INDEX "export_deliveries_export_id_event_channel_key" ON "export_deliveries" ("export_id", "event", "channel");
CREATE INDEX "export_deliveries_schedule_id_id_idx" ON "export_deliveries" ("schedule_id", "id" DESC);
CREATE INDEX "export_deliveries_due_idx" ON "export_deliveries" ("next_attempt_at") WHERE "status" = 'pending';
