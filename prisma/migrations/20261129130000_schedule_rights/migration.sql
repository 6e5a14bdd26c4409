-- When the owner last presented an administrator's token. Existing schedules start with the time of this migration, and
-- those that the version before saves with the time at which it does.
ALTER TABLE "scheduled_exports" ADD COLUMN "admin_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- Why the service paused the schedule, for programs; "paused_reason" is for people.
ALTER TABLE "scheduled_exports" ADD COLUMN "paused_code" TEXT;

-- The last slot that was skipped because the owner's runs of the day were used up; null once the schedule ran again.
ALTER TABLE "scheduled_exports" ADD COLUMN "skipped_slot" TIMESTAMPTZ(3);
