-- Files that are to be removed from storage: written with the change that nobody wants them any more, gone when they are.
CREATE TABLE "file_removals" (
    "id" UUID NOT NULL,
    "prefix" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "file_removals_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "file_removals_due_at_idx" ON "file_removals" ("due_at");
