-- Whether a person or an external system requested an export that both own: it counts on the account of the requester. Null in rows
-- of earlier versions.
ALTER TABLE "exports" ADD COLUMN "requested_by" TEXT;
