-- When the next attempt may start, after one that failed. Workers choose an export by themselves, so the pause is in the record.
ALTER TABLE "exports" ADD COLUMN "retry_at" TIMESTAMPTZ(3);

-- How many attempts ended with their process.
ALTER TABLE "exports" ADD COLUMN "lost_attempts" INTEGER NOT NULL DEFAULT 0;

-- When an account used what a rate limit counts and no other table records. A row is deleted once its last use has left the window.
CREATE TABLE "rate_limit_uses" (
    "name" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "used_at" TIMESTAMPTZ(3)[] NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rate_limit_uses_pkey" PRIMARY KEY ("name", "account")
);
CREATE INDEX "rate_limit_uses_expires_at_idx" ON "rate_limit_uses" ("expires_at");
