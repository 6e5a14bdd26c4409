-- Why a delivery was ended before its attempts were: the receiver refused it, or said that it wants nothing more.
ALTER TABLE "export_deliveries" ADD COLUMN "refusal" TEXT;
