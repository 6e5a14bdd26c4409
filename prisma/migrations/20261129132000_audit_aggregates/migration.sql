-- What anonymous callers cause becomes one audit entry a minute for each network, with a count. Here the counts are kept
-- until they are written. Each row is short-lived.
CREATE TABLE "audit_aggregates" (
    "subject" TEXT NOT NULL,
    "network" TEXT NOT NULL,
    "pending" INTEGER NOT NULL,
    "reported" INTEGER NOT NULL,
    "is_mixed" BOOLEAN NOT NULL,
    "entry" JSONB NOT NULL,
    "origin" JSONB NOT NULL,
    "written_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_aggregates_pkey" PRIMARY KEY ("subject", "network")
);

CREATE INDEX "audit_aggregates_written_at_idx" ON "audit_aggregates" ("written_at");
