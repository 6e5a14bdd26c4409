-- What was expected of an export when it was requested. Processes of the version before leave it null.
ALTER TABLE "exports" ADD COLUMN "estimate" JSONB;
