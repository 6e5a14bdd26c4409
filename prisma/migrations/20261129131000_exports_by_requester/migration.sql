-- Whether a person or an external system asked for an export that both own: it goes on the account of who asked. Null in rows
-- of earlier versions.
ALTER TABLE "exports" ADD COLUMN "requested_by" TEXT;
