-- Whether an export takes one of the slots for large exports. Processes of the version before leave it false; a worker finds out what is
-- large when it reads the rows.
ALTER TABLE "exports" ADD COLUMN "is_large" BOOLEAN NOT NULL DEFAULT false;
