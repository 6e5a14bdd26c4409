-- All entries so far become one partition, which ends with the next month: so there is time to repair a migration that fails after
-- this one. The check is what keeps ATTACH PARTITION from reading the whole table under a lock that stops every writer.
DO $$
DECLARE
    "bound" TIMESTAMPTZ;
BEGIN
    SELECT date_trunc('month', greatest(now(), max("at")), 'UTC') INTO "bound" FROM "export_audit_log";
    -- By the calendar of UTC, whatever the time zone of the session is.
    "bound" := ("bound" AT TIME ZONE 'UTC' + interval '2 months') AT TIME ZONE 'UTC';
    -- A lock that is not granted at once is requested again: writers wait behind a long reader for a moment only.
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
    EXECUTE format(
        'ALTER TABLE "export_audit_log" ADD CONSTRAINT "export_audit_log_bound" CHECK ("at" < %L::timestamptz) NOT VALID', "bound");
END
$$;
