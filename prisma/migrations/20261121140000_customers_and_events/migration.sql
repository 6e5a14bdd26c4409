CREATE TABLE "customers" (
    "id" UUID NOT NULL,
    "tenant_id" TEXT,
    "name" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "former_secret_hash" TEXT,
    "former_secret_ends_at" TIMESTAMPTZ(3),
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "customers_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "customers_secret_hash_check" CHECK (secret_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT "customers_former_secret_hash_check" CHECK (former_secret_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT "customers_former_secret_check" CHECK ((former_secret_hash IS NULL) = (former_secret_ends_at IS NULL))
);

CREATE TABLE "customer_failures" (
    "subject" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customer_failures_pkey" PRIMARY KEY ("subject")
);
CREATE INDEX "customer_failures_started_at_idx" ON "customer_failures" ("started_at");

CREATE TABLE "events" (
    "id" UUID NOT NULL,
    "tenant_id" TEXT,
    "organizer_id" TEXT NOT NULL,
    "customer_id" UUID,
    "title" TEXT NOT NULL,
    "description" TEXT,
    "language" TEXT NOT NULL DEFAULT 'en',
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "starts_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id"),
    -- Years that every program can write: neither infinities nor those before and after the calendar of most.
    CONSTRAINT "events_times_check" CHECK (
        "starts_at" BETWEEN '0001-01-01Z' AND '9999-12-31 23:59:59.999Z'
        AND "ends_at" BETWEEN '0001-01-01Z' AND '9999-12-31 23:59:59.999Z')
);
CREATE INDEX "events_organizer_id_id_idx" ON "events" ("organizer_id", "id" DESC);
CREATE INDEX "events_customer_id_id_idx" ON "events" ("customer_id", "id" DESC);

CREATE TABLE "event_questions" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "key" VARCHAR(60) NOT NULL,
    "kind" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "max_score" DECIMAL(8,2) NOT NULL DEFAULT 1,

    CONSTRAINT "event_questions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "event_questions_key_check" CHECK ("key" ~ '^[A-Za-z0-9_]+$'),
    CONSTRAINT "event_questions_kind_check" CHECK ("kind" IN ('choice', 'choices', 'text', 'number', 'task')),
    CONSTRAINT "event_questions_max_score_check" CHECK ("max_score" >= 0 AND "max_score" <> 'NaN')
);
CREATE UNIQUE INDEX "event_questions_event_id_key_key" ON "event_questions" ("event_id", "key");
CREATE UNIQUE INDEX "event_questions_event_id_position_key" ON "event_questions" ("event_id", "position");

CREATE TABLE "event_participants" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "external_id" TEXT,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "group_name" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_participants_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "event_participants_event_id_id_idx" ON "event_participants" ("event_id", "id");

CREATE TABLE "event_results" (
    "participant_id" UUID NOT NULL,
    "score" DECIMAL(10,2) NOT NULL,
    "max_score" DECIMAL(10,2) NOT NULL,
    "duration_seconds" INTEGER NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 1,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "event_results_pkey" PRIMARY KEY ("participant_id"),
    CONSTRAINT "event_results_scores_check" CHECK ("score" <> 'NaN' AND "max_score" >= 0 AND "max_score" <> 'NaN'),
    CONSTRAINT "event_results_effort_check" CHECK ("duration_seconds" >= 0 AND "attempts" >= 0),
    CONSTRAINT "event_results_times_check" CHECK (
        "started_at" BETWEEN '0001-01-01Z' AND '9999-12-31 23:59:59.999Z'
        AND "finished_at" BETWEEN '0001-01-01Z' AND '9999-12-31 23:59:59.999Z')
);

CREATE TABLE "event_answers" (
    "participant_id" UUID NOT NULL,
    "question_id" UUID NOT NULL,
    "answer" TEXT,
    "score" DECIMAL(8,2),
    "answered_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_answers_pkey" PRIMARY KEY ("participant_id", "question_id"),
    CONSTRAINT "event_answers_score_check" CHECK ("score" <> 'NaN')
);
CREATE INDEX "event_answers_question_id_idx" ON "event_answers" ("question_id");

ALTER TABLE "event_questions" ADD CONSTRAINT "event_questions_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "event_participants" ADD CONSTRAINT "event_participants_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "event_results" ADD CONSTRAINT "event_results_participant_id_fkey" FOREIGN KEY ("participant_id") REFERENCES "event_participants" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "event_answers" ADD CONSTRAINT "event_answers_participant_id_fkey" FOREIGN KEY ("participant_id") REFERENCES "event_participants" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "event_answers" ADD CONSTRAINT "event_answers_question_id_fkey" FOREIGN KEY ("question_id") REFERENCES "event_questions" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- External systems own exports and sessions too, alone or beside a person.
ALTER TABLE "exports" ALTER COLUMN "user_id" DROP NOT NULL;
ALTER TABLE "exports" ADD COLUMN "customer_id" UUID;
ALTER TABLE "exports" ADD CONSTRAINT "exports_owner_check" CHECK (user_id IS NOT NULL OR customer_id IS NOT NULL);
CREATE INDEX "exports_customer_id_id_idx" ON "exports" ("customer_id", "id" DESC);
CREATE INDEX "exports_customer_id_created_at_idx" ON "exports" ("customer_id", "created_at");
ALTER TABLE "solo_sessions" ADD COLUMN "customer_id" UUID;
CREATE INDEX "solo_sessions_customer_id_id_idx" ON "solo_sessions" ("customer_id", "id" DESC);
ALTER TABLE "export_audit_log" ADD COLUMN "customer_id" UUID;
CREATE INDEX "export_audit_log_customer_id_at_id_idx" ON "export_audit_log" ("customer_id", "at", "id");

-- A one-time file is given out under a lease, so that of all processes one gives it to one reader.
ALTER TABLE "exports"
    ADD COLUMN "downloaded_at" TIMESTAMPTZ(3),
    ADD COLUMN "downloaded_by" TEXT,
    ADD COLUMN "download_token" UUID,
    ADD COLUMN "download_lease" TIMESTAMPTZ(3),
    ADD COLUMN "download_prepared" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "download_ending" BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX "exports_download_ending_idx" ON "exports" ("download_lease") WHERE download_ending;
