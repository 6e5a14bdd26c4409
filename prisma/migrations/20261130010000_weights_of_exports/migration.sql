-- How many requests an export counts as in rate limits: one of many boards counts as what it costs. Processes of the version before
-- create exports that count once.
ALTER TABLE "exports" ADD COLUMN "weight" INTEGER NOT NULL DEFAULT 1;
