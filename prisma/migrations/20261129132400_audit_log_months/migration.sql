-- The audit log in monthly partitions: old months can be removed as a whole, though nothing in the log can be changed.

-- The trigger of a partitioned table guards statements that name it, not those that name a partition.
CREATE FUNCTION "export_audit_log_protect"("part" REGCLASS) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER "export_audit_log_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
         FOR EACH STATEMENT EXECUTE FUNCTION public."export_audit_log_is_append_only"()', "part");
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER "export_audit_log_append_only"', "part");
END
$$;

-- Makes the partitions of this month and the next three, those that are missing, with the rights of the log's owner: the service
-- may only write entries. What belongs to no partition is in the default one, so that no entry is ever refused.
CREATE FUNCTION "export_audit_log_add_months"() RETURNS INTEGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
    "month" TIMESTAMP;
    "part" TEXT;
    "added" INTEGER := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('export_audit_log'));
    FOR "ahead" IN 0 .. 3 LOOP
        "month" := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => "ahead");
        "part" := 'public.export_audit_log_' || to_char("month", 'YYYY_MM');
        CONTINUE WHEN to_regclass("part") IS NOT NULL;
        BEGIN
            -- A table that is made first and attached then stops no writer.
            EXECUTE format('CREATE TABLE %s (LIKE public.export_audit_log INCLUDING DEFAULTS)', "part");
            PERFORM public.export_audit_log_protect("part"::regclass);
            EXECUTE format(
                'ALTER TABLE public.export_audit_log ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',
                "part", "month" AT TIME ZONE 'UTC', ("month" + interval '1 month') AT TIME ZONE 'UTC');
            "added" := "added" + 1;
        EXCEPTION
            -- Another partition covers the month, or the default one has entries of it.
            WHEN invalid_object_definition OR check_violation THEN NULL;
        END;
    END LOOP;
    RETURN "added";
END
$$;
REVOKE ALL ON FUNCTION "export_audit_log_protect"(REGCLASS), "export_audit_log_add_months"() FROM PUBLIC;

DO $$
DECLARE
    "bound" TIMESTAMPTZ;
    "past" TEXT;
    "index" TEXT;
    "granted" RECORD;
BEGIN
    -- As in the migration that made the bound: writers wait for a moment only.
    FOR "attempt" IN 1 .. 1000 LOOP
        BEGIN
            SET LOCAL lock_timeout = '500ms';
            LOCK TABLE "export_audit_log" IN ACCESS EXCLUSIVE MODE;
            EXIT;
        EXCEPTION WHEN lock_not_available THEN
            IF "attempt" = 1000 THEN
                RAISE;
            END IF;
            PERFORM pg_sleep(1);
        END;
    END LOOP;

    SELECT substring(pg_get_constraintdef(oid) FROM '''(.*)''')::timestamptz INTO STRICT "bound"
    FROM pg_constraint WHERE conrelid = '"export_audit_log"'::regclass AND conname = 'export_audit_log_bound';
    "past" := 'export_audit_log_before_' || to_char("bound" AT TIME ZONE 'UTC', 'YYYY_MM');

    -- The table so far, under another name. Its indexes give their names to those of the partitioned table.
    ALTER TABLE "export_audit_log" DROP CONSTRAINT "export_audit_log_pkey";
    ALTER TABLE "export_audit_log" ADD CONSTRAINT "export_audit_log_pkey" PRIMARY KEY USING INDEX "export_audit_log_id_at_key";
    EXECUTE format('ALTER TABLE "export_audit_log" RENAME TO %I', "past");
    FOR "index" IN SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = "past"::regclass LOOP
        EXECUTE format('ALTER INDEX %s RENAME TO %I', "index", replace("index", 'export_audit_log', 'export_audit_log_past'));
    END LOOP;

    EXECUTE format('CREATE TABLE "export_audit_log" (LIKE %I INCLUDING DEFAULTS) PARTITION BY RANGE ("at")', "past");
    ALTER SEQUENCE "export_audit_log_id_seq" OWNED BY "export_audit_log"."id";
    ALTER TABLE "export_audit_log" ADD CONSTRAINT "export_audit_log_pkey" PRIMARY KEY ("id", "at");
    CREATE INDEX "export_audit_log_export_id_id_idx" ON "export_audit_log" ("export_id", "id");
    CREATE INDEX "export_audit_log_at_id_idx" ON "export_audit_log" ("at", "id");
    CREATE INDEX "export_audit_log_tenant_id_at_id_idx" ON "export_audit_log" ("tenant_id", "at", "id");
    CREATE INDEX "export_audit_log_user_id_at_id_idx" ON "export_audit_log" ("user_id", "at", "id");
    CREATE INDEX "export_audit_log_customer_id_at_id_idx" ON "export_audit_log" ("customer_id", "at", "id");
    CREATE INDEX "export_audit_log_schedule_id_at_id_idx" ON "export_audit_log" ("schedule_id", "at", "id");
    CREATE INDEX "export_audit_log_address_at_id_idx" ON "export_audit_log" ("address", "at", "id");
    CREATE INDEX "export_audit_log_action_at_id_idx" ON "export_audit_log" ("action" text_pattern_ops, "at", "id");
    PERFORM "export_audit_log_protect"('"export_audit_log"'::regclass);

    EXECUTE format('ALTER TABLE "export_audit_log" ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', "past", "bound");
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT "export_audit_log_bound"', "past");
    CREATE TABLE "export_audit_log_default" PARTITION OF "export_audit_log" DEFAULT;
    PERFORM "export_audit_log_protect"('"export_audit_log_default"'::regclass);

    -- Who was allowed to read or write the log still is.
    FOR "granted" IN
        SELECT grantee, privilege_type AS privilege, is_grantable FROM pg_class, aclexplode(relacl)
        WHERE pg_class.oid = "past"::regclass AND grantee <> relowner
    LOOP
        EXECUTE format('GRANT %s ON "export_audit_log" TO %s %s', "granted".privilege,
            CASE "granted".grantee WHEN 0 THEN 'PUBLIC' ELSE "granted".grantee::regrole::text END,
            CASE WHEN "granted".is_grantable THEN 'WITH GRANT OPTION' ELSE '' END);
    END LOOP;
END
$$;

SELECT "export_audit_log_add_months"();
