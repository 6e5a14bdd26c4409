-- How the rows of an export were read: the most connections at once, and the number of ranges. Processes of the version before leave both
-- null.
ALTER TABLE "exports" ADD COLUMN "read_connections" INTEGER, ADD COLUMN "read_ranges" INTEGER;
