-- Reads the table while others write to it.
ALTER TABLE "export_audit_log" VALIDATE CONSTRAINT "export_audit_log_bound";
