-- Exports that recur, and each time that one of them ran.
CREATE TABLE "scheduled_exports" (
    "id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "tenant_id" TEXT,
    "name" TEXT NOT NULL,
    "data_types" TEXT[] NOT NULL DEFAULT '{}',
    "tables" TEXT[] NOT NULL DEFAULT '{}',
    "columns" JSONB,
    "filters" JSONB,
    "options" JSONB NOT NULL DEFAULT '{}',
    "format" TEXT NOT NULL,
    "granted" JSONB NOT NULL,
    "as_admin" BOOLEAN NOT NULL DEFAULT false,
    "frequency" TEXT NOT NULL,
    "cron" TEXT,
    "at" TEXT,
    "weekday" SMALLINT,
    "day_of_month" SMALLINT,
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "next_run_at" TIMESTAMPTZ(3),
    "last_run_at" TIMESTAMPTZ(3),
    "delivery_method" TEXT NOT NULL DEFAULT 'download',
    "delivery_email" BOOLEAN NOT NULL DEFAULT false,
    "email_address" TEXT,
    "language" TEXT,
    "destination" TEXT,
    "destination_options" JSONB,
    "webhook_url" TEXT,
    "deliveries" JSONB NOT NULL DEFAULT '[]',
    "notice" JSONB,
    "retention_seconds" INTEGER,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "paused_reason" TEXT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "scheduled_exports_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "scheduled_exports_is_due_while_active" CHECK ("is_active" = ("next_run_at" IS NOT NULL))
);
CREATE INDEX "scheduled_exports_user_id_tenant_id_id_idx" ON "scheduled_exports" ("user_id", "tenant_id", "id" DESC);
CREATE INDEX "scheduled_exports_due_idx" ON "scheduled_exports" ("next_run_at") WHERE "is_active";

CREATE TABLE "scheduled_export_runs" (
    "id" UUID NOT NULL,
    "schedule_id" UUID NOT NULL,
    "slot" TIMESTAMPTZ(3),
    "trigger" TEXT NOT NULL,
    "export_id" UUID NOT NULL,
    "outcome" TEXT,
    "error" TEXT,
    "look_after" TIMESTAMPTZ(3) NOT NULL DEFAULT (now() + '00:00:05'::interval),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    CONSTRAINT "scheduled_export_runs_pkey" PRIMARY KEY ("id"),
    -- With its schedule goes the list of its runs; their exports stay.
    CONSTRAINT "scheduled_export_runs_schedule_id_fkey" FOREIGN KEY ("schedule_id")
        REFERENCES "scheduled_exports" ("id") ON DELETE CASCADE,
    CONSTRAINT "scheduled_export_runs_trigger_check" CHECK ("trigger" IN ('schedule', 'manual')),
    CONSTRAINT "scheduled_export_runs_outcome_check" CHECK ("outcome" IN ('succeeded', 'failed'))
);
-- A slot is run once, whoever sees that it is due.
CREATE UNIQUE INDEX "scheduled_export_runs_schedule_id_slot_key" ON "scheduled_export_runs" ("schedule_id", "slot");
CREATE UNIQUE INDEX "scheduled_export_runs_export_id_key" ON "scheduled_export_runs" ("export_id");
CREATE INDEX "scheduled_export_runs_schedule_id_id_idx" ON "scheduled_export_runs" ("schedule_id", "id" DESC);
CREATE INDEX "scheduled_export_runs_open_idx" ON "scheduled_export_runs" ("look_after") WHERE "outcome" IS NULL;
