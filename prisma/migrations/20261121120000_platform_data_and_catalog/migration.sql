-- The platform's own tables, which are exported. Each row has one owner ("id" of "users", "user_id" elsewhere) and
-- the tenant of that owner.

CREATE TABLE "users" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" TEXT,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "phone" TEXT,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "birth_date" DATE,
    "roles" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "password_hash" TEXT,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "last_login_at" TIMESTAMPTZ(3),
    "last_login_ip" INET,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "user_profiles" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "tenant_id" TEXT,
    "display_name" TEXT,
    "bio" TEXT,
    "website" TEXT,
    "address" JSONB,
    "interests" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "height_cm" DECIMAL(5,1),
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "reminder_time" TIME(0),
    "accepts_mail" BOOLEAN,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_profiles_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "biometric_scans" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "tenant_id" TEXT,
    "modality" TEXT NOT NULL,
    "device" TEXT,
    "quality" REAL,
    "match_score" DOUBLE PRECISION,
    "duration" INTERVAL,
    "passed" BOOLEAN,
    "note" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "biometric_scans_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "biometric_templates" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "scan_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "tenant_id" TEXT,
    "modality" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "version" SMALLINT NOT NULL DEFAULT 1,
    "template" BYTEA NOT NULL,
    "embedding" DOUBLE PRECISION[] NOT NULL DEFAULT ARRAY[]::DOUBLE PRECISION[],
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "biometric_templates_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "documents" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "tenant_id" TEXT,
    "title" TEXT NOT NULL,
    "mime_type" TEXT NOT NULL,
    "body" TEXT,
    "tags" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "size_bytes" BIGINT NOT NULL DEFAULT 0,
    "storage_key" TEXT,
    "is_shared" BOOLEAN NOT NULL DEFAULT false,
    "retain_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "documents_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "document_versions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "document_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "tenant_id" TEXT,
    "version" INTEGER NOT NULL,
    "comment" TEXT,
    "size_bytes" BIGINT NOT NULL DEFAULT 0,
    "checksum" BYTEA,
    "storage_key" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "document_versions_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "payment_methods" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "tenant_id" TEXT,
    "kind" TEXT NOT NULL,
    "brand" TEXT,
    "holder_name" TEXT,
    "last_four" CHAR(4),
    "expires_on" DATE,
    "token" TEXT NOT NULL,
    "fingerprint" TEXT,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_methods_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "invoices" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "tenant_id" TEXT,
    "payment_method_id" UUID,
    "number" TEXT NOT NULL,
    "amount" DECIMAL(12,2) NOT NULL,
    "tax_rate" DECIMAL(6,4) NOT NULL DEFAULT 0,
    "currency" VARCHAR(3) NOT NULL,
    "status" TEXT NOT NULL,
    "lines" JSONB NOT NULL DEFAULT '[]',
    "issued_on" DATE NOT NULL,
    "due_on" DATE,
    "paid_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invoices_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "subscriptions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "tenant_id" TEXT,
    "plan" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "price" DECIMAL(12,2) NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "trial" INTERVAL,
    "auto_renew" BOOLEAN NOT NULL DEFAULT true,
    "started_on" DATE NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "cancel_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "subscription_usage" (
    "id" BIGINT GENERATED BY DEFAULT AS IDENTITY NOT NULL,
    "subscription_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "tenant_id" TEXT,
    "metric" TEXT NOT NULL,
    "quantity" DECIMAL(38,10) NOT NULL,
    "used_on" DATE NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscription_usage_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "sessions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "tenant_id" TEXT,
    "token_hash" TEXT NOT NULL,
    "ip" INET,
    "user_agent" TEXT,
    "device" JSONB,
    "last_seen_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "audit_logs" (
    "id" BIGINT GENERATED BY DEFAULT AS IDENTITY NOT NULL,
    "user_id" UUID NOT NULL,
    "tenant_id" TEXT,
    "action" TEXT NOT NULL,
    "entity" TEXT NOT NULL,
    "entity_id" UUID,
    "succeeded" BOOLEAN NOT NULL DEFAULT true,
    "ip" INET,
    "changes" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_logs_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "transactions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "tenant_id" TEXT,
    "amount" DECIMAL(12,2) NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "status" TEXT NOT NULL,
    "description" TEXT,
    "metadata" JSONB,
    "is_refund" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "transactions_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "enrollments" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "tenant_id" TEXT,
    "course_code" TEXT NOT NULL,
    "course_title" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "progress_percent" SMALLINT NOT NULL DEFAULT 0,
    "grade" DECIMAL(4,2),
    "is_paid" BOOLEAN NOT NULL DEFAULT false,
    "time_spent" INTERVAL,
    "enrolled_on" DATE NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "enrollments_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "activity_logs" (
    "id" BIGINT GENERATED BY DEFAULT AS IDENTITY NOT NULL,
    "user_id" UUID NOT NULL,
    "tenant_id" TEXT,
    "action" TEXT NOT NULL,
    "path" TEXT,
    "ip" INET,
    "user_agent" TEXT,
    "duration_ms" INTEGER,
    "details" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "activity_logs_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "users_email_key" ON "users" ("email");
CREATE UNIQUE INDEX "user_profiles_user_id_key" ON "user_profiles" ("user_id");
CREATE UNIQUE INDEX "invoices_number_key" ON "invoices" ("number");
CREATE UNIQUE INDEX "document_versions_document_id_version_key" ON "document_versions" ("document_id", "version");

CREATE INDEX "users_created_at_idx" ON "users" ("created_at");
CREATE INDEX "biometric_scans_user_id_idx" ON "biometric_scans" ("user_id");
CREATE INDEX "biometric_templates_user_id_idx" ON "biometric_templates" ("user_id");
CREATE INDEX "biometric_templates_scan_id_idx" ON "biometric_templates" ("scan_id");
CREATE INDEX "documents_user_id_idx" ON "documents" ("user_id");
CREATE INDEX "document_versions_user_id_idx" ON "document_versions" ("user_id");
CREATE INDEX "payment_methods_user_id_idx" ON "payment_methods" ("user_id");
CREATE INDEX "invoices_user_id_idx" ON "invoices" ("user_id");
CREATE INDEX "invoices_payment_method_id_idx" ON "invoices" ("payment_method_id");
CREATE INDEX "subscriptions_user_id_idx" ON "subscriptions" ("user_id");
CREATE INDEX "subscription_usage_user_id_idx" ON "subscription_usage" ("user_id");
CREATE INDEX "subscription_usage_subscription_id_idx" ON "subscription_usage" ("subscription_id");
CREATE INDEX "sessions_user_id_idx" ON "sessions" ("user_id");
CREATE INDEX "audit_logs_user_id_idx" ON "audit_logs" ("user_id");
CREATE INDEX "audit_logs_created_at_idx" ON "audit_logs" ("created_at");
CREATE INDEX "transactions_user_id_idx" ON "transactions" ("user_id");
CREATE INDEX "transactions_created_at_idx" ON "transactions" ("created_at");
CREATE INDEX "enrollments_user_id_idx" ON "enrollments" ("user_id");
CREATE INDEX "enrollments_created_at_idx" ON "enrollments" ("created_at");
CREATE INDEX "activity_logs_user_id_idx" ON "activity_logs" ("user_id");
CREATE INDEX "activity_logs_created_at_idx" ON "activity_logs" ("created_at");

ALTER TABLE "user_profiles" ADD CONSTRAINT "user_profiles_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "biometric_scans" ADD CONSTRAINT "biometric_scans_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "biometric_templates" ADD CONSTRAINT "biometric_templates_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "biometric_templates" ADD CONSTRAINT "biometric_templates_scan_id_fkey" FOREIGN KEY ("scan_id") REFERENCES "biometric_scans" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "documents" ADD CONSTRAINT "documents_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "document_versions" ADD CONSTRAINT "document_versions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "document_versions" ADD CONSTRAINT "document_versions_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_payment_method_id_fkey" FOREIGN KEY ("payment_method_id") REFERENCES "payment_methods" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "subscription_usage" ADD CONSTRAINT "subscription_usage_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "subscription_usage" ADD CONSTRAINT "subscription_usage_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscriptions" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "audit_logs" ADD CONSTRAINT "audit_logs_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "transactions" ADD CONSTRAINT "transactions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "activity_logs" ADD CONSTRAINT "activity_logs_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The catalog: what may be exported, and what must not be unless it is named.

CREATE TABLE "export_data_types" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" VARCHAR(100) NOT NULL,
    "description" TEXT,
    -- ["users", "user_profiles"]
    "tables" JSONB NOT NULL,
    -- {"users": ["id", "name"]}; a table that is absent gives every column that is not sensitive, as NULL does for all.
    "columns" JSONB,
    -- {"users": "id", "user_profiles": "user_id"}
    "owners" JSONB NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "export_data_types_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "export_data_types_has_name" CHECK ("name" <> ''),
    CONSTRAINT "export_data_types_tables_is_list" CHECK (jsonb_typeof("tables") = 'array' AND "tables" <> '[]'),
    CONSTRAINT "export_data_types_columns_is_object" CHECK ("columns" IS NULL OR jsonb_typeof("columns") = 'object'),
    CONSTRAINT "export_data_types_owners_is_object" CHECK (jsonb_typeof("owners") = 'object')
);

CREATE UNIQUE INDEX "export_data_types_name_key" ON "export_data_types" ("name");

-- A table of the schema public goes by its bare name, others as schema.table.
CREATE TABLE "export_sensitive_columns" (
    "table_name" TEXT NOT NULL,
    "column_name" TEXT NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "export_sensitive_columns_pkey" PRIMARY KEY ("table_name", "column_name")
);

INSERT INTO "export_sensitive_columns" ("table_name", "column_name", "reason") VALUES
    ('users', 'password_hash', 'Passwords can be guessed from their hashes.'),
    ('biometric_templates', 'template', 'A biometric template cannot be changed once it has leaked.'),
    ('biometric_templates', 'embedding', 'A template can be rebuilt from its embedding.'),
    ('documents', 'storage_key', 'Names an object in internal storage.'),
    ('document_versions', 'storage_key', 'Names an object in internal storage.'),
    ('payment_methods', 'token', 'The payment provider charges whoever shows it.'),
    ('payment_methods', 'fingerprint', 'Recognises the same card across people.'),
    ('sessions', 'token_hash', 'Belongs to a login that may still be valid.');

INSERT INTO "export_data_types" ("id", "name", "description", "tables", "owners") VALUES
    ('01a1fdfa-4600-7000-8000-000000000001', 'profile', 'Who you are to us: your account and your profile.',
     '["users", "user_profiles"]', '{"users": "id", "user_profiles": "user_id"}'),
    ('01a1fdfa-4600-7000-8000-000000000002', 'biometric', 'When and how you were recognised by a biometric scan. The templates themselves stay with us.',
     '["biometric_scans", "biometric_templates"]', '{"biometric_scans": "user_id", "biometric_templates": "user_id"}'),
    ('01a1fdfa-4600-7000-8000-000000000003', 'documents', 'Your documents and their versions.',
     '["documents", "document_versions"]', '{"documents": "user_id", "document_versions": "user_id"}'),
    ('01a1fdfa-4600-7000-8000-000000000004', 'payments', 'How you pay, and what you were charged.',
     '["payment_methods", "invoices"]', '{"payment_methods": "user_id", "invoices": "user_id"}'),
    ('01a1fdfa-4600-7000-8000-000000000005', 'subscriptions', 'What you subscribe to, and how much of it you used.',
     '["subscriptions", "subscription_usage"]', '{"subscriptions": "user_id", "subscription_usage": "user_id"}'),
    ('01a1fdfa-4600-7000-8000-000000000006', 'activity', 'Where you signed in, and what was changed in your name.',
     '["sessions", "audit_logs"]', '{"sessions": "user_id", "audit_logs": "user_id"}'),
    ('01a1fdfa-4600-7000-8000-000000000007', 'transactions', 'Every payment and refund.',
     '["transactions"]', '{"transactions": "user_id"}'),
    ('01a1fdfa-4600-7000-8000-000000000008', 'courses', 'The courses you took, and how you did.',
     '["enrollments"]', '{"enrollments": "user_id"}'),
    ('01a1fdfa-4600-7000-8000-000000000009', 'activity_log', 'The pages you opened and what you did there.',
     '["activity_logs"]', '{"activity_logs": "user_id"}');

-- An export whose bytes went out in the answer itself has no file to keep.
ALTER TABLE "exports" ADD COLUMN "streamed" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "exports" DROP CONSTRAINT "exports_completed_has_file";
ALTER TABLE "exports" ADD CONSTRAINT "exports_completed_has_file"
    CHECK ("streamed" OR "status" <> 'completed' OR ("storage_key" IS NOT NULL AND "sha256" IS NOT NULL));
