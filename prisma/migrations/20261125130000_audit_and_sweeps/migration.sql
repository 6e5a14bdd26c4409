-- What was done to, or by, a schedule.
ALTER TABLE "export_audit_log" ADD COLUMN "schedule_id" UUID;

-- The log is read by these as well, newest first. An action is also looked for by what it begins with.
CREATE INDEX "export_audit_log_schedule_id_at_id_idx" ON "export_audit_log" ("schedule_id", "at", "id");
CREATE INDEX "export_audit_log_address_at_id_idx" ON "export_audit_log" ("address", "at", "id");
DROP INDEX "export_audit_log_action_at_id_idx";
CREATE INDEX "export_audit_log_action_at_id_idx" ON "export_audit_log" ("action" text_pattern_ops, "at", "id");

-- The log only grows, for its owner too. ALWAYS: sessions that call themselves a replica skip other triggers.
CREATE OR REPLACE FUNCTION "export_audit_log_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'export_audit_log only grows: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Entries are facts. Write another one that sets right what an earlier one says.';
END
$$;
ALTER TABLE "export_audit_log" ENABLE ALWAYS TRIGGER "export_audit_log_append_only";

-- When each kind of clearing up was last begun, in whichever process: it is done once in a while for all of them together.
CREATE TABLE "sweeps" (
    "name" TEXT NOT NULL,
    "last_run_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sweeps_pkey" PRIMARY KEY ("name")
);
