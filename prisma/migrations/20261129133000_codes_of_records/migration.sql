-- Stable codes beside the texts. Processes of the version before write the texts alone.
ALTER TABLE "exports"
  ADD COLUMN "error_code" TEXT,
  ADD COLUMN "warning_codes" TEXT[] NOT NULL DEFAULT '{}';
ALTER TABLE "scheduled_export_runs" ADD COLUMN "error_code" TEXT;
