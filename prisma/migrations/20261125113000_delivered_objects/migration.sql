-- Which export has a key in a bucket that its file is delivered to, so that no two write to the same.
CREATE TABLE "delivered_objects" (
    "endpoint" TEXT NOT NULL,
    "bucket" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "export_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "delivered_objects_pkey" PRIMARY KEY ("endpoint", "bucket", "key")
);
CREATE INDEX "delivered_objects_created_at_idx" ON "delivered_objects" ("created_at");
