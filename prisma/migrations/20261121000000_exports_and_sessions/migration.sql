CREATE TABLE "exports" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "type" TEXT,
    "format" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "user_id" TEXT NOT NULL,
    "tenant_id" TEXT,
    "session_id" UUID,
    "event_id" UUID,
    "schedule_id" UUID,
    "data_types" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "filters" JSONB,
    "options" JSONB NOT NULL DEFAULT '{}',
    "one_time" BOOLEAN NOT NULL DEFAULT false,
    "request_id" TEXT NOT NULL,
    "progress_done" BIGINT NOT NULL DEFAULT 0,
    "progress_total" BIGINT,
    "progress_unit" TEXT,
    "storage_key" TEXT,
    "content_type" TEXT,
    "file_name" TEXT,
    "file_size" BIGINT,
    "sha256" TEXT,
    "record_count" BIGINT,
    "page_count" INTEGER,
    "download_count" INTEGER NOT NULL DEFAULT 0,
    "warnings" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "error" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "attempt_token" UUID,
    "heartbeat_at" TIMESTAMPTZ(3),
    "enqueue_after" TIMESTAMPTZ(3) NOT NULL DEFAULT (now() + '00:00:30'::interval),
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "exports_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "exports_status_known" CHECK ("status" IN ('pending', 'processing', 'completed', 'failed', 'cancelled', 'expired')),
    -- A running export has an owner that can be missed; a finished one has its file or its reason.
    CONSTRAINT "exports_processing_is_owned" CHECK ("status" <> 'processing' OR ("attempt_token" IS NOT NULL AND "heartbeat_at" IS NOT NULL)),
    CONSTRAINT "exports_completed_has_file" CHECK ("status" <> 'completed' OR ("storage_key" IS NOT NULL AND "sha256" IS NOT NULL)),
    CONSTRAINT "exports_failed_has_reason" CHECK ("status" <> 'failed' OR "error" IS NOT NULL)
);

CREATE TABLE "export_audit_log" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "action" TEXT NOT NULL,
    "export_id" UUID,
    "user_id" TEXT,
    "tenant_id" TEXT,
    "request_id" TEXT,
    "address" TEXT,
    "details" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "export_audit_log_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "idempotency_keys" (
    "owner" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "resource_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("owner", "key")
);

CREATE TABLE "solo_sessions" (
    "id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "tenant_id" TEXT,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "page_count" INTEGER NOT NULL,
    "rev" INTEGER NOT NULL DEFAULT 1,
    "thumbnail_key" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "solo_sessions_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "exports_user_id_tenant_id_id_idx" ON "exports" ("user_id", "tenant_id", "id" DESC);
CREATE INDEX "exports_user_id_created_at_idx" ON "exports" ("user_id", "created_at");
CREATE INDEX "exports_session_id_id_idx" ON "exports" ("session_id", "id" DESC);
-- What the sweep looks for, and nothing else: these stay small however many exports there have been.
CREATE INDEX "exports_pending_idx" ON "exports" ("enqueue_after") WHERE "status" = 'pending';
CREATE INDEX "exports_processing_idx" ON "exports" ("heartbeat_at") WHERE "status" = 'processing';
CREATE INDEX "exports_deletable_idx" ON "exports" ("id") WHERE "status" = 'expired' AND "storage_key" IS NOT NULL;
CREATE INDEX "exports_expiring_idx" ON "exports" ("expires_at") WHERE "status" = 'completed';
CREATE INDEX "export_audit_log_export_id_id_idx" ON "export_audit_log" ("export_id", "id");
CREATE INDEX "export_audit_log_at_idx" ON "export_audit_log" ("at");
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys" ("created_at");
CREATE INDEX "solo_sessions_user_id_id_idx" ON "solo_sessions" ("user_id", "id" DESC);

CREATE FUNCTION "export_audit_log_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'export_audit_log only grows';
END
$$;

CREATE TRIGGER "export_audit_log_append_only"
    BEFORE UPDATE OR DELETE OR TRUNCATE ON "export_audit_log"
    FOR EACH STATEMENT EXECUTE FUNCTION "export_audit_log_is_append_only"();
