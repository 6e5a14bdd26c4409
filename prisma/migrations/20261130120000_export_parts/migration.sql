-- An export may consist of several files. A process of the version before writes one file and leaves the number empty.
ALTER TABLE "exports" ADD COLUMN "part_count" INTEGER;

-- The work on such an export: each part is read in the snapshot of its leader, by whichever worker claims it.
CREATE TABLE "export_parts" (
    "export_id" UUID NOT NULL,
    "leader_token" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "piece" JSONB NOT NULL,
    "snapshot" JSONB,
    "status" TEXT NOT NULL DEFAULT 'waiting',
    "is_shared" BOOLEAN NOT NULL DEFAULT true,
    "token" UUID,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "heartbeat_at" TIMESTAMPTZ(3),
    "retry_at" TIMESTAMPTZ(3),
    "rows" BIGINT NOT NULL DEFAULT 0,
    "result" JSONB,
    "error" TEXT,
    "error_code" TEXT,
    "is_permanent" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "export_parts_pkey" PRIMARY KEY ("export_id", "leader_token", "number")
);

CREATE INDEX "export_parts_unfinished_idx" ON "export_parts" ("export_id") WHERE "status" IN ('waiting', 'running');

-- The files of a completed export of several, as its zip has them.
CREATE TABLE "export_files" (
    "export_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "storage_key" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "rows" BIGINT NOT NULL,
    "size" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "crc32" BIGINT NOT NULL,
    "zip_offset" BIGINT NOT NULL,

    CONSTRAINT "export_files_pkey" PRIMARY KEY ("export_id", "number")
);
