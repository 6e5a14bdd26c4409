-- The signed manifests of exports. Older exports have none. A manifest outlives the file, and is deleted with the record.
CREATE TABLE "export_manifests" (
    "export_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "file_sha256" TEXT NOT NULL,
    "schedule_id" UUID,
    "position" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "export_manifests_pkey" PRIMARY KEY ("export_id"),
    CONSTRAINT "export_manifests_export_id_fkey" FOREIGN KEY ("export_id") REFERENCES "exports" ("id")
        ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE UNIQUE INDEX "export_manifests_schedule_id_position_key" ON "export_manifests" ("schedule_id", "position");
