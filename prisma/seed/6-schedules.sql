-- Who keeps the schedules of the platform: the role itself comes with a token.
INSERT INTO users (id, name, email, locale, roles, created_at, updated_at)
VALUES ('00000000-0000-7000-8000-999999999999', 'Nadia Administrator', 'administrator@example.org', 'en', '{admin}',
        '2024-11-01Z', '2024-11-01Z');

-- Schedules that others made are none of ours. With these two goes the list of their runs; the files of those stay.
DELETE FROM scheduled_exports
WHERE id IN ('00000000-0000-7000-8000-5c4ed0000001', '00000000-0000-7000-8000-5c4ed0000002');

-- The credentials of the bucket are unknown here: until they are saved with the schedules, these do not run.
INSERT INTO scheduled_exports (id, user_id, name, tables, columns, filters, format, granted, as_admin, frequency, cron,
                               delivery_method, destination, is_active, paused_reason, admin_seen_at, created_at, updated_at)
SELECT id, '00000000-0000-7000-8000-999999999999', name, ARRAY[tbl], columns, filters, format,
       jsonb_build_object(
         'format', format, 'dataTypes', '[]'::jsonb, 'filters', filters, 'audited', jsonb_build_object('tables', tbl),
         'options', jsonb_strip_nulls(jsonb_build_object('tables', ARRAY[tbl], 'columns', columns, 'timezone', 'UTC'))),
       true, 'cron', cron, 's3', destination, false,
       'It waits for the credentials of the bucket azora-exports: save them with the schedule, and resume it.',
       '2026-11-01Z', '2026-11-01Z', '2026-11-01Z'
FROM (VALUES
  ('00000000-0000-7000-8000-5c4ed0000001'::uuid, 'daily_transactions', 'transactions', NULL::jsonb,
   '{"transactions": {"created_at": "yesterday"}}'::jsonb, 'csv', '0 1 * * *', 's3://azora-exports/daily/transactions/'),
  ('00000000-0000-7000-8000-5c4ed0000002', 'weekly_users', 'users', '{"users": ["id", "email", "created_at"]}',
   '{"users": {"created_at": {"gte": "now-7d"}}}', 'json', '0 2 * * 0', 's3://azora-exports/weekly/users/')
) AS schedules (id, name, tbl, columns, filters, format, cron, destination);
